import * as tf from '@tensorflow/tfjs';
import { serve } from '../dist/peers/serve.js';
import { build } from './tfjs-model.js';

await serve(async (_job, weights, { shape, data }) => {
  await tf.setBackend('cpu');
  await tf.ready();
  const model = build(tf, weights, shape);
  const images = tf.tensor4d(data, shape);
  // Keras's epsilon, and Weft's.
  model.compile({ optimizer: tf.train.adam(0.001, 0.9, 0.999, 1e-7), loss: 'meanSquaredError' });
  return {
    version: `${tf.version.tfjs}, cpu`,
    forward: () => tf.tidy(() => model.predict(images, { batchSize: shape[0] }).dataSync()),
    step: () => model.trainOnBatch(images, images),
  };
});
