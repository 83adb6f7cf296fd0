import { createHash } from 'node:crypto';
import { Dense, Sequential } from '@weft/nn';
import { expect, it } from 'vitest';
import { weightsSha256 } from './weights-sha256.js';

const small = (seed: number) => new Sequential([new Dense({ units: 2 })], { inputShape: [3], seed });

it('is the SHA-256 of the float32 numbers in the order of their paths', () => {
  const model = small(1);
  const [kernel, bias] = model.weights;
  kernel.weight.assign([1, 2, 3, 4, 5, 6]);
  bias.weight.assign([7, 8]);
  const bytes = Buffer.alloc(32);
  for (const [place, value] of [7, 8, 1, 2, 3, 4, 5, 6].entries()) bytes.writeFloatLE(value, 4 * place);
  expect(weightsSha256(model)).toBe(createHash('sha256').update(bytes).digest('hex'));
});

it('is another after the least change of any model, and the same for the same weights', () => {
  const [one, other] = [small(1), small(2)];
  const before = weightsSha256(one, other);
  expect(weightsSha256(small(1), small(2))).toBe(before);
  expect(weightsSha256(other, one)).not.toBe(before);
  const [{ weight }] = other.weights;
  // The sign of a zero is a bit, too.
  weight.assign(weight.data.map((value, place) => (place === 0 ? 0 : value)));
  const zero = weightsSha256(one, other);
  weight.assign(weight.data.map((value, place) => (place === 0 ? -0 : value)));
  expect(new Set([before, zero, weightsSha256(one, other)]).size).toBe(3);
});
