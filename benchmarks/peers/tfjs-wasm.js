import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { serve } from '../dist/peers/serve.js';
import { build } from './tfjs-model.js';

/** Forward only: the backend has no kernel for the gradient of a convolution's weights (Conv2DBackpropFilter). */
await serve(async (_job, weights, { shape, data }) => {
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(join(dirname(entry), '/'));
  await tf.setBackend('wasm');
  await tf.ready();
  const model = build(tf, weights, shape);
  const images = tf.tensor4d(data, shape);
  return {
    version: `${tf.version.tfjs}, wasm`,
    forward: () => tf.tidy(() => model.predict(images, { batchSize: shape[0] }).dataSync()),
  };
});
