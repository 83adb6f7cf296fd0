import { readFile, stat } from 'node:fs/promises';
import type { BaseModel } from '@weft/nn';
import { InputError } from '../exit.js';
import { shownPath } from './directory.js';

/**
 * The model of an ONNX file.
 *
 * @throws InputError naming the file, if it cannot be read, is none, or has operators that Weft does not know
 */
export async function onnxModel(path: string): Promise<BaseModel> {
  const { fromOnnx, OnnxError } = await import('@weft/formats/onnx');
  try {
    // A pipe or a device might never end.
    if (!(await stat(path)).isFile()) throw new Error('it is no file');
    return fromOnnx(await readFile(path)).model;
  } catch (cause) {
    const reason = (cause as Error).message.replace(/^fromOnnx: /, '');
    const advice = cause instanceof OnnxError ? '' : '. Give an .onnx file.';
    throw new InputError(`${shownPath(path)} cannot be read: ${reason}${advice}`, { cause });
  }
}
