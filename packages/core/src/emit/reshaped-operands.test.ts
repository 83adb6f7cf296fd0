import { expect, it } from 'vitest';
import { placeholder } from '../operations/definition.js';
import { random } from '../operations/random.js';
import { reshape } from '../operations/reshape.js';
import { takeRows } from '../operations/rows.js';
import { compute } from '../run/compute.js';
import { runReference } from '../run/reference.js';
import { table } from '../tensor/create.js';
import type { Tensor } from '../tensor/tensor.js';
import { trace } from '../trace/trace.js';

const numbers = Float32Array.of(1, 2, 3, 4, 5, 6);
const words = Uint32Array.of(2, 0, 1, 2);

it.each<[string, (x: Tensor, k: Tensor) => Tensor]>([
  ['a table', (x, k) => takeRows(reshape(x, [3, 2]), k)],
  ['an index', (x, k) => takeRows(x, reshape(reshape(k, [2, 2]), [4]))],
  ['keys', (_, k) => random('uniform', [2, 5], { seed: 1, keys: reshape(k, [2, 2]) })],
])('kernels take %s of another shape', (_, build) => {
  const x = placeholder({ shape: [6], dtype: 'float32' }, 'x');
  const k = placeholder({ shape: [4], dtype: 'uint32' }, 'k');
  const { program, leaves } = trace([build(x, k)], [x, k]);
  const data = leaves.slice(2).map(({ node, index }) => node.data[index] as Uint32Array);
  const [wanted] = runReference(program, [numbers, words, ...data]);
  const [got] = compute([build(table(numbers, [6]), table(words, [4]))]);
  expect(got).toEqual(wanted);
});
