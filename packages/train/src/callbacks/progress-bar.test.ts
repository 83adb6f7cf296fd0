import { describe, expect, it, vi } from 'vitest';
import type { BatchLogs, TrainInfo } from './callback.js';
import { LambdaCallback } from './lambda-callback.js';
import { ProgressBar, type TextStream } from './progress-bar.js';

const info = { epochs: 12, steps: 4, initialStep: 0 } as TrainInfo;
const logs = (loss: number, batches: number): BatchLogs => {
  return { loss, batchLoss: loss, epoch: 2, batches, examples: 8, examplesInEpoch: 32 };
};
const epochLogs = { loss: 0.123456, accuracy: 1, val_loss: 0.00001234, seconds: 2.2, examplesPerSecond: 10 };
const LINE = 'Epoch 3/12 - 4/4 - 2s - 550ms/step - loss: 0.1235 - accuracy: 1.0000 - val_loss: 1.2340e-5';

/** Returns to the start of the line and clears it. */
const CLEARED = '\r\u001b[2K';

/** What an epoch of four steps writes. */
function written(stream: Partial<TextStream>, options = {}, batches = 4): string[] {
  const texts: string[] = [];
  const write = (text: string) => void texts.push(text);
  const bar = new ProgressBar({ stream: { ...stream, write }, interval: 0, ...options });
  bar.onTrainBegin(info);
  bar.onEpochBegin();
  for (let batch = 0; batch < 4; batch++) bar.onBatchEnd(batch, logs(0.5 / (batch + 1), batches));
  bar.onEpochEnd(2, epochLogs);
  bar.onTrainEnd();
  return texts;
}

/** A line without what moves the cursor, and with times that are always the same. */
const plain = (text: string) => text.replaceAll(CLEARED, '').replace(/\d+s - \d+(ms|us)/, '0s - 1ms');

describe('a progress bar', () => {
  it('draws over its line on a terminal, and ends with the line of the epoch', () => {
    const texts = written({ isTTY: true, columns: 100 });
    expect(texts.map(plain)).toEqual([
      'Epoch 3/12 1/4 [=====>..............] 0s - 1ms/step - loss: 0.5000',
      'Epoch 3/12 2/4 [==========>.........] 0s - 1ms/step - loss: 0.2500',
      'Epoch 3/12 3/4 [===============>....] 0s - 1ms/step - loss: 0.1667',
      'Epoch 3/12 4/4 [====================] 0s - 1ms/step - loss: 0.1250',
      plain(`${LINE}\n`),
    ]);
    expect(texts.every((text) => text.startsWith(CLEARED))).toBe(true);
  });

  it.each([1, 20, 47, 60])('is never wider than a terminal of %i columns', (columns) => {
    for (const text of written({ isTTY: true, columns }).slice(0, 4)) {
      expect(text.replaceAll(CLEARED, '').length).toBeLessThan(columns);
    }
  });

  it('knows no part of a stream whose end is not known', () => {
    const [first] = written({ isTTY: true }, {}, Number.POSITIVE_INFINITY);
    expect(plain(first)).toBe('Epoch 3/12 1/? 0s - 1ms/step - loss: 0.5000');
  });

  it('is drawn no more often than it should be', () => {
    expect(written({ isTTY: true }, { interval: 1e9 })).toHaveLength(2);
  });

  it('is one line an epoch elsewhere', () => {
    expect(written({})).toEqual([`${LINE}\n`]);
    expect(written({ isTTY: false, columns: 10 })).toEqual([`${LINE}\n`]);
  });

  it('goes to the console where no stream is given', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const bar = new ProgressBar();
    bar.onTrainBegin(info);
    bar.onBatchEnd(3, logs(1, 4));
    bar.onEpochEnd(2, epochLogs);
    bar.onTrainEnd();
    expect(log.mock.calls).toEqual([[LINE]]);
    log.mockRestore();
  });

  it('that was left within an epoch ends its line', () => {
    const texts: string[] = [];
    const bar = new ProgressBar({ stream: { isTTY: true, write: (text) => void texts.push(text) } });
    bar.onTrainBegin(info);
    bar.onBatchEnd(0, logs(1, 4));
    bar.onTrainEnd();
    expect(texts.at(-1)).toBe('\n');
  });

  it('counts the steps of this process where it was resumed within an epoch', () => {
    const texts: string[] = [];
    const bar = new ProgressBar({ stream: { write: (text) => void texts.push(text) } });
    bar.onTrainBegin({ ...info, initialStep: 2 });
    bar.onBatchEnd(3, logs(1, 4));
    bar.onEpochEnd(0, { ...epochLogs, seconds: 1 });
    expect(texts[0]).toContain('4/4 - 1s - 500ms/step');
  });

  it('refuses what is no stream', () => {
    expect(() => new ProgressBar({ stream: {} as never })).toThrow(
      'ProgressBar: stream: got an object of nothing; expected an object with a function write(text), such as process.stdout.',
    );
  });
});

describe('a callback of functions', () => {
  it('has those that it is given, and no other', () => {
    const onEpochEnd = vi.fn();
    const callback = new LambdaCallback({ onEpochEnd });
    callback.onEpochEnd?.(1, epochLogs, {} as never);
    expect(onEpochEnd).toHaveBeenCalledWith(1, epochLogs, {});
    expect(Object.keys(callback)).toEqual(['onEpochEnd']);
  });

  it.each<[unknown, string]>([
    [{ onEpochEnds: () => {} }, "LambdaCallback: there is no option 'onEpochEnds'."],
    [{ onEpochEnds: () => {} }, "Did you mean 'onEpochEnd'?"],
    [{ onBatchEnd: 3 }, 'LambdaCallback: onBatchEnd: got 3; expected a function (batch, logs, control) => ...'],
    [{}, 'LambdaCallback: there is no function to call. Give at least one of onTrainBegin, onEpochBegin,'],
  ])('refuses what would not be called, %#', (functions, message) => {
    expect(() => new LambdaCallback(functions as object)).toThrow(message);
  });
});
