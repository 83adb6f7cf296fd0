import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { serve } from '../dist/peers/serve.js';

const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json');

/** The ONNX file has channels first; for images of one channel the memory is the same. */
await serve(async ({ onnx, threads }, _weights, { shape: [batch, height, width, channels], data }) => {
  const session = await InferenceSession.create(readFileSync(onnx), {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
  });
  const images = new Tensor('float32', data, [batch, channels, height, width]);
  return {
    version,
    forward: async () => (await session.run({ images })).output.data,
  };
});
