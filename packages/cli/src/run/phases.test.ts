import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Stopwatch } from './phases.js';

// Time passes where a test lets it.
beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const pass = (seconds: number) => vi.advanceTimersByTime(1000 * seconds);

describe('a stopwatch', () => {
  test('tells what each part has taken, and all of them with what lay between', async () => {
    const stopwatch = new Stopwatch();
    pass(1);
    await stopwatch.time('data', async () => pass(2));
    pass(4);
    await stopwatch.time('cae', async () => pass(8));
    await stopwatch.time('data', async () => pass(16));
    expect(stopwatch.seconds).toEqual({ data: 18, cae: 8, total: 31 });
  });

  test('counts the part that is running, and one that has failed', async () => {
    const stopwatch = new Stopwatch();
    const failing = stopwatch.time('report', async () => {
      pass(2);
      expect(stopwatch.seconds).toEqual({ report: 2, total: 2 });
      pass(1);
      throw new Error('no paper');
    });
    await expect(failing).rejects.toThrow('no paper');
    pass(4);
    expect(stopwatch.seconds).toEqual({ report: 3, total: 7 });
  });
});
