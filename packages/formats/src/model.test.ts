import { type BaseModel, Dense, Sequential } from '@weft/nn';
import { expect, test } from 'vitest';
import { ArchitectureMismatchError, decodeModel, encodeModel, SafetensorsError, setWeights } from './index.js';

const model = (seed: number, units = 3) => new Sequential([new Dense({ units })], { inputShape: [2], seed, name: 'm' });
const valuesOf = (of: BaseModel) => of.weights.map(({ path, data }) => [path, data]);

test('a model comes back from its bytes, with the texts that were saved with it', () => {
  const { model: back, metadata } = decodeModel(encodeModel(model(1), { epoch: '2' }));
  expect(back.config()).toEqual(model(1).config());
  expect(valuesOf(back)).toEqual(valuesOf(model(1)));
  expect(metadata).toEqual({ epoch: '2' });
});

test('weights are set from bytes, and tensors built before keep the old ones', () => {
  const other = model(2);
  const before = other.weights[0].weight.tensor;
  expect(setWeights(other, encodeModel(model(1), { epoch: '2' }))).toEqual({ epoch: '2' });
  expect(valuesOf(other)).toEqual(valuesOf(model(1)));
  expect(before.toArray()).toEqual(model(2).weights[0].data);
});

test('messages begin with the source, where there is one', () => {
  const cut = encodeModel(model(1)).subarray(0, -1);
  expect(() => decodeModel(cut)).toThrow(SafetensorsError);
  expect(() => decodeModel(cut)).toThrow(/^the file is cut short/);
  expect(() => decodeModel(cut, {}, 'a.safetensors')).toThrow(/^a\.safetensors: the file is cut short/);
  const larger = encodeModel(model(1, 4));
  expect(() => setWeights(model(1), larger)).toThrow(ArchitectureMismatchError);
  expect(() => setWeights(model(1), larger)).toThrow(/^the weights are for another architecture than m\./);
  expect(() => setWeights(model(1), larger, 'b')).toThrow(/^b: the weights are for another/);
});
