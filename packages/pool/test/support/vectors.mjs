// Trains a model with the vectors that are asked for, and prints their bits and the weights' SHA-256.
import { Conv2D, fit, Sequential, WorkerPool, weightsSha256 } from '@weft/pool';

const [, , simd] = process.argv;
const pool = await WorkerPool.create({ threads: 2, ...(simd !== 'auto' && { simd }) });
const layers = [
  new Conv2D({ filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' }),
  new Conv2D({ filters: 1, kernelSize: 3, padding: 'same', activation: 'sigmoid' }),
];
const model = new Sequential(layers, { inputShape: [14, 14, 1], seed: 1 });
const x = Float32Array.from({ length: 64 * 196 }, (_, index) => ((index * 7919) % 1000) / 1000);
await fit(model, { x }, { epochs: 3, batchSize: 32, pool });
console.log(JSON.stringify({ vectorBits: pool.vectorBits, weights: weightsSha256(model) }));
await pool.close();
