import { open } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import { encodeModel } from '@weft/formats';
import type { BaseModel } from '@weft/nn';
import { loadKerasModel, loadKerasWeights } from '@weft/pool';
import { option, type Values } from '../arguments/table.js';
import { EXIT, InputError, UsageError } from '../exit.js';
import { overwriteOption, text } from '../pictures/options.js';
import { OutputFiles } from '../pictures/output-files.js';
import { shownPath } from '../run/directory.js';
import { onnxModel } from '../run/onnx-model.js';
import type { Terminal } from '../terminal/terminal.js';
import { type Command, commonOptions, jsonOption } from './command.js';
import { givenPath, savedModels } from './trained-models.js';

const importOptions = {
  like: option<string | undefined>({
    kind: text('MODEL', 'the path of a .safetensors file of Weft', 'cae.safetensors'),
    default: undefined,
    defaultText: 'none',
    help: 'A model of Weft with the layers that a .weights.h5 file has weights for.',
  }),
  overwrite: overwriteOption,
  json: jsonOption('what was written'),
  ...commonOptions,
};

export const importModel: Command<typeof importOptions> = {
  usage: 'weft import FILE OUT.safetensors [options]',
  summary: 'Read a model of Keras or an ONNX file.',
  description:
    'Reads a model that another program has saved, and writes it as a model of Weft, for all commands that take one. FILE is a .keras file of Keras 3, with layers and weights, or a .weights.h5 file with --like MODEL; what it is, its content says; or an .onnx file, whose images then have channels last. Layers and operators that Weft does not have are listed all at once. Exit codes: 0 all done, 1 failure, 2 wrong usage, 3 the file is missing, damaged or does not fit.',
  options: importOptions,
  positionals: { least: 2, most: 2 },
  run: ({ values, positionals: [path, out], terminal }) => read(values, path, out, terminal),
};

async function read(
  { like, overwrite, json }: Values<typeof importOptions>,
  path: string,
  out: string,
  terminal: Terminal,
): Promise<number> {
  const [from, place] = [givenPath(path), givenPath(out)];
  if (extname(place).toLowerCase() !== '.safetensors') {
    throw new UsageError(`OUT: got '${basename(place)}', expected a name that ends in .safetensors.`);
  }
  const name = basename(place);
  const files = await OutputFiles.plan(dirname(place), [name], { overwrite, inputs: [from] });
  const model = await modelIn(from, like);
  await files.write(name, encodeModel(model));
  const written = shownPath(files.place(name));
  if (json) terminal.print(JSON.stringify({ output: [written], parameters: model.countWeights() }, null, 2));
  else terminal.result(`${model.summary()}\nWritten: ${written}`);
  return EXIT.ok;
}

const ZIP = [0x50, 0x4b];
const HDF5 = [0x89, 0x48, 0x44, 0x46];

async function modelIn(path: string, like: string | undefined): Promise<BaseModel> {
  const isOnnx = extname(path).toLowerCase() === '.onnx';
  const start = isOnnx ? [] : await firstBytes(path);
  const isOf = (signature: readonly number[]) => signature.every((byte, at) => start[at] === byte);
  if (isOnnx || isOf(ZIP)) {
    if (like === undefined) return isOnnx ? onnxModel(path) : loadKerasModel(path);
    throw new UsageError(`--like: ${shownPath(path)} has layers of its own. Leave --like out.`);
  }
  if (!isOf(HDF5)) {
    throw new InputError(
      `${shownPath(path)} is no file that is read here: expected a .keras or a .weights.h5 file of Keras 3. Save the model again by model.save.`,
    );
  }
  if (like === undefined) {
    throw new UsageError(
      `${shownPath(path)} holds weights but no layers. Give a model of Weft that has them with --like MODEL, or the .keras file.`,
    );
  }
  const [{ model }] = await savedModels(givenPath(like));
  await loadKerasWeights(path, model);
  return model;
}

/** @throws InputError if the file cannot be read */
async function firstBytes(path: string): Promise<Uint8Array> {
  const fail = (cause: Error): never => {
    throw new InputError(`${shownPath(path)} cannot be read: ${cause.message}. Give a file that Keras 3 has saved.`, {
      cause,
    });
  };
  const file = await open(path, 'r').catch(fail);
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(8), 0, 8, 0).catch(fail);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
