import { describe, expect, it } from 'vitest';
import type { Callback } from './callback.js';
import { checkCallbacks } from './check-callbacks.js';
import { CSVLogger } from './csv-logger.js';
import { EarlyStopping } from './early-stopping.js';
import { ModelCheckpoint } from './model-checkpoint.js';
import { Monitor } from './monitor.js';
import { TerminateOnNaN } from './terminate-on-nan.js';

const HOOKS = 'onTrainBegin, onEpochBegin, nextLearningRate, onBatchEnd, onEpochEnd, onTrainEnd, state, restore';

describe('options of callbacks', () => {
  it.each<[() => unknown, string]>([
    [() => new EarlyStopping({ patience: 1.5 }), 'EarlyStopping: patience: got 1.5; expected a whole number from 0.'],
    [() => new EarlyStopping({ patience: -1 }), 'EarlyStopping: patience: got -1; expected a whole number from 0.'],
    [() => new EarlyStopping({ minDelta: -0.1 }), 'EarlyStopping: minDelta: got -0.1; expected a number from 0.'],
    [() => new EarlyStopping({ monitor: 3 as never }), 'EarlyStopping: monitor: got 3; expected a name in the logs'],
    [() => new EarlyStopping({ min_delta: 1 } as never), "no option 'min_delta'. The options are monitor, mode,"],
    [() => new EarlyStopping({ min_delta: 1 } as never), "Did you mean 'minDelta'?"],
    [
      () => new ModelCheckpoint({ filepath: 'a' } as never),
      "there is no option 'filepath'. The options are path, monitor",
    ],
    [() => new ModelCheckpoint({ filepath: 'a' } as never), "Did you mean 'path'?"],
    [
      () => new ModelCheckpoint('a' as never),
      "ModelCheckpoint: the options are 'a'; expected an object, such as { path:",
    ],
    [() => new ModelCheckpoint({ path: '{epoch' }), 'without its other half'],
    [() => new CSVLogger({} as never), 'CSVLogger: path: got undefined; expected the path of a file.'],
    [() => new CSVLogger({ filename: 'a' } as never), "Did you mean 'path'?"],
  ])('are refused if they are not what they must be, %#', (make, message) => {
    expect(make).toThrow(message);
  });
});

describe('callbacks that would not be called', () => {
  it.each<[unknown, string]>([
    [
      EarlyStopping,
      'callbacks: number 1 is the function or class EarlyStopping; expected an object. Give new EarlyStopping()',
    ],
    [() => {}, 'number 1 is a function; expected an object. Give an object, such as { onEpochEnd'],
    [undefined, 'number 1 is undefined; expected an object.'],
    [[new TerminateOnNaN()], 'number 1 is an array of 1; expected an object.'],
    [{}, `is an object of nothing, which has nothing to call. The functions of a callback are ${HOOKS}.`],
    [
      { onEpochEnds() {} },
      `has a function 'onEpochEnds', which is never called. The functions of a callback are ${HOOKS}. Did you mean 'onEpochEnd'?`,
    ],
    [{ on_epoch_end() {} }, "Did you mean 'onEpochEnd'?"],
    [{ onTrainBatchEnd() {} }, "Did you mean 'onBatchEnd'?"],
    [{ onEpochEnd() {}, onEpochBegins() {} }, "has a function 'onEpochBegins', which is never called."],
    [{ epochEnd() {} }, 'which has nothing to call.'],
    [{ onEpochEnd: 3 }, 'has 3 as onEpochEnd; expected a function.'],
    [
      new (class extends TerminateOnNaN {
        onBatchEnds() {}
      })(),
      "Did you mean 'onBatchEnd'?",
    ],
  ])('are refused, %#', (callback, message) => {
    expect(() => checkCallbacks('callbacks', [callback as Callback])).toThrow(message);
  });

  it('are not those with functions, options and state of their own', () => {
    class Mine extends TerminateOnNaN {
      once = true;
      helper() {}
    }
    const plain: Callback & { helper(): void } = { onEpochEnd() {}, helper() {} };
    checkCallbacks('callbacks', [new Mine(), plain, new EarlyStopping(), new CSVLogger({ path: 'a' })]);
  });
});

describe('a monitor', () => {
  const training = { logNames: ['loss', 'accuracy'], validationCount: 0 };

  it.each([
    [
      'val_loss',
      "Watch: there is no 'val_loss' to watch; the logs have loss, accuracy. Give a validationSplit, or set monitor to 'loss'.",
    ],
    ['valLoss', "Give a validationSplit, or set monitor to 'loss'."],
    ['val_accuracy', "Give a validationSplit, or set monitor to 'accuracy'."],
    ['acuracy', "the logs have loss, accuracy. Did you mean 'accuracy'?"],
    ['speed', "there is no 'speed' to watch; the logs have loss, accuracy."],
  ])('of %s is refused where there is none', (name, message) => {
    expect(() => new Monitor('Watch', name, 'auto').check(training)).toThrow(message);
  });

  it('of the old name is told the new one', () => {
    const validated = { logNames: ['loss', 'val_loss'], validationCount: 4 };
    expect(() => new Monitor('Watch', 'valLoss', 'auto').check(validated)).toThrow("Did you mean 'val_loss'?");
  });

  it.each([
    ['loss', 'auto', true],
    ['val_accuracy', 'auto', false],
    ...(['f1Score', 'r2Score', 'meanIoU', 'val_averagePrecision', 'ssim'] as const).map(
      (n) => [n, 'auto', false] as const,
    ),
    ['val_ssimLoss', 'auto', true],
    ['loss', 'max', false],
    ['accuracy', 'min', true],
  ] as const)('of %s with mode %s takes less for better: %s', (name, mode, isLess) => {
    const monitor = new Monitor('Watch', name, mode);
    expect(monitor.isBetter(1, 2)).toBe(isLess);
    expect(monitor.isBetter(2, 1)).toBe(!isLess);
    expect(monitor.isBetter(1, monitor.worst)).toBe(true);
    expect(monitor.isBetter(Number.NaN, monitor.worst)).toBe(false);
  });
});
