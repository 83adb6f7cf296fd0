import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { TypedArray } from '../../packages/core/src/index.js';

/** A tensor by name: what ONNX Runtime takes and gives. */
export interface RuntimeTensor {
  readonly dims: readonly number[];
  readonly data: TypedArray;
}

interface Session {
  run(feeds: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, RuntimeTensor>>>;
  release(): Promise<void>;
}

interface OnnxRuntime {
  readonly InferenceSession: { create(bytes: Uint8Array, options: object): Promise<Session> };
  readonly Tensor: new (type: string, data: TypedArray, dims: readonly number[]) => unknown;
}

const TYPES = { Float32Array: 'float32', Int32Array: 'int32', Uint8Array: 'uint8', Uint32Array: 'uint32' } as const;

function load(): OnnxRuntime | undefined {
  // A folder in which onnxruntime-node was installed with --ignore-scripts; the gate makes one.
  const folder = process.env.WEFT_ONNX_RUNTIME;
  return folder ? createRequire(join(folder, 'package.json'))('onnxruntime-node') : undefined;
}

const runtime = load();

/** Whether native ONNX Runtime is there. Where it is not, tests that need it are skipped. */
export const hasOnnxRuntime = runtime !== undefined;

/** What ONNX Runtime makes of inputs, on one thread. */
export async function runOnnx(
  bytes: Uint8Array,
  inputs: Readonly<Record<string, RuntimeTensor>>,
): Promise<Readonly<Record<string, RuntimeTensor>>> {
  const { InferenceSession, Tensor } = runtime as OnnxRuntime;
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  try {
    const feeds = Object.entries(inputs).map(([name, { data, dims }]) => {
      const type = TYPES[data.constructor.name as keyof typeof TYPES];
      return [name, new Tensor(type, data, dims)];
    });
    return await session.run(Object.fromEntries(feeds));
  } finally {
    await session.release();
  }
}
