import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Conv2D, Dense, Dropout, Flatten, MaxPooling2D, Sequential } from '../index.js';

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
      expect(total).toBe(model.countParameters());
      expect(total).toBe(model.parameters.reduce((sum, { data }) => sum + data.length, 0));
      expect(lines.at(-3)?.replaceAll(',', '')).toContain(` Total params: ${total} (`);
      expect(new Set(table.map((line) => line.length)).size).toBe(1);
    }),
  );
});
