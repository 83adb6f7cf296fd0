import { readFileSync, writeFileSync } from 'node:fs';
import type { BaseModel } from '@weft/nn';
import type { Network } from './networks.js';
import { type Batch, type LoadedJob, type LoadedTensor, type StoredTensor, tensorsIn } from './tensors.js';

/** What is compared. */
export type Task = 'step' | 'forward';

/** What an engine is told before it begins. */
export interface Job {
  readonly network: Network;
  /** Weights, images and targets one after another, float32, little-endian. */
  readonly file: string;
  /** Kernels HWIO, biases and so on, named as in the model: `enc_conv1/kernel`. */
  readonly weights: readonly StoredTensor[];
  /** [batch, ...shape of an input], from 0 to 1. */
  readonly images: StoredTensor;
  /** Labels as numbers, [batch]; without them, the images. */
  readonly targets?: StoredTensor;
  /** The model as an ONNX file, for engines that read one. */
  readonly onnx: string;
  readonly threads: number;
  readonly fastMath: boolean;
}

type Stored = Pick<Job, 'file' | 'weights' | 'images' | 'targets'>;

/** Writes a model's weights and a batch to a file that JavaScript and Python can read without a library. */
export function writeTensors(file: string, model: BaseModel, { images, targets }: Batch): Stored {
  let offset = 0;
  const parts: Float32Array[] = [];
  const store = (name: string, { shape, data }: LoadedTensor): StoredTensor => {
    const stored = { name, shape, offset };
    parts.push(data);
    offset += data.length;
    return stored;
  };
  const weights = model.weights.map((weight) => store(weight.path, weight));
  const stored = {
    images: store('images', images),
    ...(targets && { targets: store('targets', targets) }),
  };
  const all = new Float32Array(offset);
  let written = 0;
  for (const part of parts) {
    all.set(part, written);
    written += part.length;
  }
  writeFileSync(file, new Uint8Array(all.buffer));
  return { file, weights, ...stored };
}

/** Reads what `writeTensors` has written. */
export function readTensors(stored: Stored): LoadedJob {
  const bytes = readFileSync(stored.file);
  return tensorsIn(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength), stored);
}
