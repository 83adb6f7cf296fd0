import { describe, expect, it } from 'vitest';
import { framesIn, type TraceEvent } from './trace.js';

const event = (fields: Partial<TraceEvent>): TraceEvent => ({
  ...{ name: 'DrawFrame', ph: 'I', ts: 0, pid: 1, tid: 1, args: {} },
  ...fields,
});
const frames = [0, 16_000, 32_000, 132_000].map((ts) => event({ ts }));
const named = (tid: number, name: string) => event({ name: 'thread_name', ph: 'M', tid, args: { name } });
const task = (tid: number, dur: number) => event({ name: 'RunTask', ph: 'X', tid, dur });

describe('framesIn', () => {
  it('gives the time between frames, in the order of their times', () => {
    const { frames: count, interval, slowInterval } = framesIn(frames.toReversed());
    expect([count, interval, slowInterval]).toEqual([4, 16, 100]);
  });

  it("counts the long tasks of pages' threads and of no other", () => {
    const threads = [named(7, 'CrRendererMain'), named(8, 'Compositor')];
    const { longestTask, longTasks } = framesIn([
      ...frames,
      task(7, 50_000),
      task(7, 60_000),
      task(8, 90_000),
      ...threads,
    ]);
    expect([longestTask, longTasks]).toEqual([60, 1]);
  });

  it('refuses a trace in which nothing was drawn', () => {
    expect(() => framesIn([frames[0]])).toThrow('The browser has drawn no two frames.');
  });
});
