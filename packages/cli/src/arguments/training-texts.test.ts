import { randomUniform, table } from '@weft/core';
import { Adam, CosineDecay, ExponentialDecay, LinearWarmup, type Schedule } from '@weft/nn';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../exit.js';
import { augment, augmentation } from './augment.js';
import type { Kind } from './kinds.js';
import { parseOptions } from './parse.js';
import { schedule, scheduledRate } from './schedule.js';
import { option } from './table.js';
import { earlyStopping, loss, noise, patience } from './training-texts.js';

const kinds: Readonly<Record<string, Kind<string | number>>> = {
  ...{ loss, noise, schedule, augment, earlyStopping: patience },
};

/** The value that the command line gives for an option. */
function given(name: string, text: string): unknown {
  const table = { [name]: option<string | number | undefined>({ kind: kinds[name], default: undefined, help: '' }) };
  const dashed = name === 'earlyStopping' ? 'early-stopping' : name;
  return parseOptions('weft train', table, [`--${dashed}=${text}`]).values[name];
}

test.each([
  ['loss', ' 0.80*ssim + .2*mae', '0.8*ssim+0.2*mae'],
  ['noise', 'gaussian: 0.1 .. 0.50', 'gaussian:0.1..0.5'],
  ['noise', 'blur:1 + salt-pepper:0.05', 'blur:1+salt-pepper:0.05'],
  ['schedule', 'constant', 'constant'],
  ['schedule', 'warmup:2 + cosine : 1e-5', 'warmup:2+cosine:0.00001'],
  ['schedule', 'warmup:0.5', 'warmup:0.5'],
  ['schedule', 'exponential:0.950', 'exponential:0.95'],
  ['schedule', 'cosine:0', 'cosine'],
  ['augment', 'flip, rotate:.05', 'flip,rotate:0.05'],
  ['earlyStopping', '3', 3],
])('--%s %s is %s, which is read again', (name, text, value) => {
  expect(given(name, text)).toBe(value);
  expect(given(name, String(value))).toBe(value);
});

test.each([
  ['loss', 'sim+mae', "--loss: got 'sim', expected a weight and one of mse, mae, bce, ssim"],
  ['loss', '', "--loss: got '', expected mse"],
  ['noise', 'gausian:0.4', "--noise: got 'gausian:0.4', expected one of gaussian, poisson"],
  ['noise', 'blur:99', "--noise: got 'blur:99', expected a strength (standard deviation in pixels, from 0 to 20)"],
  ['schedule', 'linear', "--schedule: got 'linear', expected constant, cosine, cosine:RATE"],
  ['schedule', 'exponential', "--schedule: got 'exponential', expected"],
  ['schedule', 'exponential:1.5', 'expected constant'],
  ['schedule', 'constant:1', 'expected constant'],
  ['schedule', 'cosine+warmup:2', 'expected constant'],
  ['schedule', 'warmup:0+cosine', 'expected constant'],
  ['schedule', 'warmup:1+warmup:1', 'expected constant'],
  ['schedule', 'warmup:1+cosine+cosine', 'expected constant'],
  ['schedule', 'cosine:1:2', 'expected constant'],
  ['schedule', '', "--schedule: got '', expected constant"],
  ['augment', 'flop', "--augment: got 'flop', expected flip, flip-vertical, rotate, shift, zoom, contrast"],
  ['augment', 'flop', 'Did you mean flip?'],
  ['augment', 'rotate', "--augment: got 'rotate', expected rotate:N with N above 0, up to 1 (whole turns)"],
  ['augment', 'zoom:2', "got 'zoom:2', expected zoom:N with N above 0, up to 0.9"],
  ['augment', 'flip:0.5', "got 'flip:0.5', expected flip alone."],
  ['augment', 'flip,flip', "got 'flip,flip', which has flip twice."],
  ['augment', '', "--augment: got '', expected flip"],
  ['augment', 'toString', "got 'toString', expected flip"],
  ['earlyStopping', '0', "--early-stopping: got '0', expected a whole number from 1."],
])('--%s %s is refused', (name, text, message) => {
  expect(() => given(name, text)).toThrow(UsageError);
  expect(() => given(name, text)).toThrow(message);
});

describe('scheduledRate', () => {
  const training = { learningRate: 0.01, epochs: 10, stepsPerEpoch: 20 };
  const rates = (text: string, ...steps: number[]) => {
    const rate = scheduledRate(text, training);
    return steps.map((step) => (typeof rate === 'number' ? rate : rate.at(step)));
  };
  const near = (got: number[], expected: number[]) => {
    expect(got).toEqual(expected.map((rate) => expect.closeTo(rate, 10)));
  };

  test('is the learning rate itself where it is constant', () => {
    expect(scheduledRate('constant', training)).toBe(0.01);
  });

  test('falls along a cosine to 0, or to the given rate, over all epochs', () => {
    near(rates('cosine', 0, 100, 200), [0.01, 0.005, 0]);
    near(rates('cosine:0.001', 0, 100, 200, 999), [0.01, 0.0055, 0.001, 0.001]);
    expect(scheduledRate('cosine', training)).toBeInstanceOf(CosineDecay);
  });

  test('is multiplied by the factor in each epoch', () => {
    near(rates('exponential:0.5', 0, 20, 60), [0.01, 0.005, 0.00125]);
    expect(scheduledRate('exponential:0.5', training)).toBeInstanceOf(ExponentialDecay);
  });

  test('rises in a line before, and then is what follows, over the epochs that are left', () => {
    near(rates('warmup:2', 0, 20, 40, 199), [0, 0.005, 0.01, 0.01]);
    near(rates('warmup:2+cosine', 0, 20, 40, 120, 200), [0, 0.005, 0.01, 0.005, 0]);
    near(rates('warmup:0.01', 0, 1), [0, 0.01]);
    expect(scheduledRate('warmup:2', training)).toBeInstanceOf(LinearWarmup);
    const optimizer = new Adam({ learningRate: scheduledRate('warmup:2+exponential:0.9', training) as Schedule });
    expect(optimizer.scalars(41)[0]).toBeGreaterThan(0);
  });

  test('refuses what does not fit the training', () => {
    expect(() => scheduledRate('warmup:10+cosine', training)).toThrow(
      'schedule: the warm-up takes 10 epochs, but the training has 10. Give more --epochs or a shorter warm-up.',
    );
    expect(() => scheduledRate('cosine:0.02', training)).toThrow('cosine:0.02 ends above the learning rate, 0.01.');
  });
});

describe('augmentation', () => {
  const images = randomUniform([4, 9, 10, 3], { seed: 3 });
  const changed = (text: string, { epoch = 0, seed = 42, first = 0, batch = images } = {}) => {
    const keys = (second: number) =>
      table(
        Uint32Array.from({ length: 2 * batch.shape[0] }, (_, at) => (at % 2 === 0 ? first + at / 2 : second)),
        [batch.shape[0], 2],
      );
    const draws = { seed: table(Uint32Array.of(seed, 0)), exampleKeys: keys(0), epochKeys: keys(epoch + 1) };
    return augmentation(text)(batch, draws).toArray();
  };

  test.each([
    'flip',
    'flip-vertical',
    'rotate:0.1',
    'shift:0.3',
    'zoom:0.3',
    'contrast:0.5',
    'flip,rotate:0.05,shift:0.1',
  ])('%s draws for each image and epoch, and keeps pixels within [0, 1]', (text) => {
    const first = changed(text);
    expect(first.every((value) => value >= 0 && value <= 1)).toBe(true);
    const others = [1, 2, 3, 4, 5].map((epoch) => changed(text, { epoch }));
    expect(others.some((other) => other.some((value, at) => value !== first[at]))).toBe(true);
    expect(changed(text)).toEqual(first);
    const alone = changed(text, { first: 2, batch: images.slice([2], [3]) });
    expect(alone).toEqual(first.subarray(2 * 270, 3 * 270));
  });

  test('flips some images and leaves others', () => {
    const batch = randomUniform([40, 3, 4, 1], { seed: 3 });
    const [before, after] = [batch.toArray(), changed('flip', { batch })];
    const kept = Array.from({ length: 40 }, (_, at) => before[12 * at] === after[12 * at]).filter(Boolean).length;
    expect(kept).toBeGreaterThan(8);
    expect(kept).toBeLessThan(32);
  });

  test('a change keeps its draws when others stand behind it', () => {
    const flat = changed('flip,contrast:0.0000001');
    changed('flip').forEach((value, at) => {
      expect(flat[at]).toBeCloseTo(value, 5);
    });
  });
});

test('earlyStopping watches the validation loss, or the training loss where there is none', () => {
  const watches = (isValidated: boolean, losses: readonly object[]) => {
    const callback = earlyStopping(2, isValidated);
    const control = { stopTraining: false, model: { weights: [] } };
    losses.forEach((logs, epoch) => {
      callback.onEpochEnd(epoch, logs as never, control as never);
    });
    return control.stopTraining;
  };
  const worse = (name: string) => [1, 2, 3].map((value) => ({ loss: 5 - value, val_loss: 5 - value, [name]: value }));
  expect(watches(true, worse('val_loss'))).toBe(true);
  expect(watches(true, worse('loss'))).toBe(false);
  expect(watches(false, worse('loss'))).toBe(true);
});
