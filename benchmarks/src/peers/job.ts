import { readFileSync, writeFileSync } from 'node:fs';
import type { Sequential } from '@weft/nn';

/** What is compared. */
export type Task = 'step' | 'forward';

/** An array of float32 in the job's file. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** In numbers, not bytes. */
  readonly offset: number;
}

/** What an engine is told before it begins. */
export interface Job {
  /** Weights and images one after another, float32, little-endian. */
  readonly file: string;
  /** Kernels HWIO and biases, named as in the model: `enc_conv1/kernel`. */
  readonly weights: readonly StoredTensor[];
  /** [batch, height, width, channels], from 0 to 1. */
  readonly images: StoredTensor;
  /** The model as an ONNX file, for engines that read one. */
  readonly onnx: string;
  readonly threads: number;
  readonly fastMath: boolean;
}

/** A tensor with its numbers, in the process of an engine. */
export interface LoadedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Writes a model's weights and images to a file that JavaScript and Python can read without a library. */
export function writeTensors(
  file: string,
  model: Sequential,
  images: Float32Array,
): Pick<Job, 'file' | 'weights' | 'images'> {
  let offset = 0;
  const parts: Float32Array[] = [];
  const store = (name: string, shape: readonly number[], data: Float32Array): StoredTensor => {
    const stored = { name, shape, offset };
    parts.push(data);
    offset += data.length;
    return stored;
  };
  const weights = model.weights.map(({ path, shape, data }) => store(path, shape, data));
  const count = images.length / model.inputShape.reduce((a, b) => a * b, 1);
  const stored = store('images', [count, ...model.inputShape], images);
  const all = new Float32Array(offset);
  let written = 0;
  for (const part of parts) {
    all.set(part, written);
    written += part.length;
  }
  writeFileSync(file, new Uint8Array(all.buffer));
  return { file, weights, images: stored };
}

/** Reads what `writeTensors` has written. */
export function readTensors({ file, weights, images }: Pick<Job, 'file' | 'weights' | 'images'>): {
  weights: Map<string, LoadedTensor>;
  images: LoadedTensor;
} {
  const bytes = readFileSync(file);
  const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const load = ({ shape, offset }: StoredTensor): LoadedTensor => ({
    shape,
    data: all.slice(offset, offset + shape.reduce((a, b) => a * b, 1)),
  });
  return { weights: new Map(weights.map((stored) => [stored.name, load(stored)])), images: load(images) };
}
