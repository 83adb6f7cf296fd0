import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  Add,
  BatchNormalization,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  input,
  MaxPooling2D,
  Model,
  Sequential,
} from '../index.js';

test('prints what Keras 3 prints', () => {
  const model = new Sequential(
    [
      new Conv2D({ filters: 32, kernelSize: 3 }),
      new MaxPooling2D(),
      new Conv2D({ filters: 64, kernelSize: 3 }),
      new MaxPooling2D(),
      new Flatten(),
      new Dropout({ rate: 0.5 }),
      new Dense({ units: 10 }),
    ],
    { inputShape: [28, 28, 1] },
  );
  expect(model.summary()).toBe(`Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ conv2d (Conv2D)                 │ (None, 26, 26, 32)     │           320 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ max_pooling2d (MaxPooling2D)    │ (None, 13, 13, 32)     │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ conv2d_1 (Conv2D)               │ (None, 11, 11, 64)     │        18,496 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ max_pooling2d_1 (MaxPooling2D)  │ (None, 5, 5, 64)       │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ flatten (Flatten)               │ (None, 1600)           │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dropout (Dropout)               │ (None, 1600)           │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dense (Dense)                   │ (None, 10)             │        16,010 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 34,826 (136.04 KB)
 Trainable params: 34,826 (136.04 KB)
 Non-trainable params: 0 (0.00 B)`);
});

test('the layers add up to the total, the total to the parameters, and all lines of the table are of one length', () => {
  const layer = fc.record({
    name: fc.string({ minLength: 1, maxLength: 60, unit: fc.constantFrom('a', 'b', 'c', '_') }),
    units: fc.integer({ min: 1, max: 90 }),
    useBias: fc.boolean(),
  });
  const layers = fc.uniqueArray(layer, { minLength: 1, maxLength: 5, selector: ({ name }) => name });
  fc.assert(
    fc.property(layers, fc.integer({ min: 1, max: 50 }), (options, length) => {
      const model = new Sequential(
        options.map((option) => new Dense(option)),
        { inputShape: [length] },
      );
      const lines = model.summary().split('\n');
      const table = lines.slice(1, -3);
      const counts = table
        .filter((line) => line.startsWith('│'))
        .map((line) => Number(line.split('│')[3].replaceAll(',', '')));
      const total = counts.reduce((sum, count) => sum + count, 0);
      expect(counts).toHaveLength(options.length);
      expect(total).toBe(model.countWeights());
      expect(total).toBe(model.weights.reduce((sum, { data }) => sum + data.length, 0));
      expect(lines.at(-3)?.replaceAll(',', '')).toContain(` Total params: ${total} (`);
      expect(new Set(table.map((line) => line.length)).size).toBe(1);
    }),
  );
});

test('tells weights that training changes from others', () => {
  const frozen = new Dense({ units: 4, trainable: false });
  const model = new Sequential([frozen, new BatchNormalization(), new Dense({ units: 1 })], { inputShape: [3] });
  expect(model.summary()).toContain(
    [' Total params: 37 (148.00 B)', ' Trainable params: 13 (52.00 B)', ' Non-trainable params: 24 (96.00 B)'].join(
      '\n',
    ),
  );
  frozen.trainable = true;
  expect(model.countWeights('trainable')).toBe(29);
  model.trainable = false;
  expect(model.countWeights('trainable')).toBe(0);
});

test('of a functional model says what each layer takes', () => {
  const x = input({ shape: [3], name: 'x' });
  const hidden = new Dense({ units: 3 }).apply(x);
  const model = new Model({ inputs: x, outputs: new Add().apply([x, hidden]) });
  expect(model.summary()).toBe(`Model: "model"
┏━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)          ┃ Output Shape        ┃      Param # ┃ Connected to       ┃
┡━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━┩
│ x (Input)             │ (None, 3)           │            0 │ -                  │
├───────────────────────┼─────────────────────┼──────────────┼────────────────────┤
│ dense (Dense)         │ (None, 3)           │           12 │ x                  │
├───────────────────────┼─────────────────────┼──────────────┼────────────────────┤
│ add (Add)             │ (None, 3)           │            0 │ x, dense           │
└───────────────────────┴─────────────────────┴──────────────┴────────────────────┘
 Total params: 12 (48.00 B)
 Trainable params: 12 (48.00 B)
 Non-trainable params: 0 (0.00 B)`);
});
