import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkFits, type ModelCard, modelCard, readModelCard } from './model-card.js';

const card: ModelCard = {
  model: 'cdae',
  dataset: 'synthetic',
  height: 28,
  width: 20,
  channels: 3,
  scale: 1 / 255,
  tile: 28,
  overlap: 4,
  classNames: ['good', 'bad'],
  noise: 'gaussian:0.4',
  loss: 'mse',
  seed: 42,
  epochs: 3,
  dataSha256: { train: 'ab', test: 'cd' },
  score: { name: 'mse', threshold: 0.0123, quantile: 0.99 },
};

describe('a model card', () => {
  test('is read as it was written', () => {
    expect(readModelCard(modelCard(card))).toEqual(card);
  });

  test('leaves out what cannot be, and never throws', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(card)), fc.jsonValue({ maxDepth: 2 }), (name, value) => {
        const read: Readonly<Record<string, unknown>> = readModelCard({
          card: JSON.stringify({ ...card, [name]: value }),
        });
        expect([undefined, JSON.parse(JSON.stringify(value))]).toContainEqual(read[name]);
        for (const other of Object.keys(card)) if (other !== name) expect(read).toHaveProperty(other);
      }),
    );
    for (const text of ['', '[]', 'null', '{', '"card"']) expect(readModelCard({ card: text })).toEqual({});
    for (const changes of [{ height: -1 }, { scale: 0 }, { score: { name: 'mse' } }, { classNames: [1] }]) {
      const read = readModelCard({ card: JSON.stringify({ ...card, ...changes }) });
      expect(read).not.toHaveProperty(Object.keys(changes)[0]);
    }
  });

  test('is made of what Weft 0.1 wrote', () => {
    const texts = { model: 'cdae', dataset: 'synthetic', seed: '7', epochs: '2', noiseFactor: '0.25' };
    expect(readModelCard(texts)).toEqual({
      model: 'cdae',
      dataset: 'synthetic',
      seed: 7,
      epochs: 2,
      noise: 'gaussian:0.25',
    });
    expect(readModelCard({ model: 'mine', seed: 'no' })).toEqual({});
  });
});

test('what does not fit is named: the size, the channels, or nothing', () => {
  const pictures = { name: 'Fashion-MNIST', height: 28, width: 20, channels: 3 };
  expect(checkFits(card, pictures)).toEqual([]);
  expect(checkFits(card, { ...pictures, height: 20, width: 28, channels: 1 })).toEqual([
    'The CDAE takes images of 28 x 20 pixels, but Fashion-MNIST has 20 x 28.',
    'The CDAE takes images of 3 channels, but Fashion-MNIST has 1 channel.',
  ]);
  for (const other of [{ height: 27 }, { width: 21 }, { channels: 4 }]) {
    expect(checkFits(card, { ...pictures, ...other })).toHaveLength(1);
  }
});
