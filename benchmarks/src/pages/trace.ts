import type { Browser, Page } from 'playwright-core';
import { median, quantile } from '../statistics.js';

/** An event of Chromium's tracing; times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What a browser did while something moved, as its own tracing says. */
export interface Frames {
  /** Frames that were drawn. */
  readonly frames: number;
  /** Milliseconds between them: the median, and what 95 % of them stay below. */
  readonly interval: number;
  readonly slowInterval: number;
  /** The longest task of the page's thread, in milliseconds, and how many took more than 50 ms. */
  readonly longestTask: number;
  readonly longTasks: number;
}

/** What the web platform calls a long task, in milliseconds. */
const LONG_TASK = 50;

const CATEGORIES = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline.frame'];

/** Traces a page while it is used. */
export async function framesDuring(page: Page, use: () => Promise<void>): Promise<Frames> {
  const browser = page.context().browser() as Browser;
  await browser.startTracing(page, { categories: CATEGORIES });
  await use();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  return framesIn(traceEvents);
}

/**
 * Frames and tasks of the one page that was drawn.
 *
 * @throws Error if no frame was drawn
 */
export function framesIn(events: readonly TraceEvent[]): Frames {
  const drawn = events.filter(({ name }) => name === 'DrawFrame');
  if (drawn.length < 2) throw new Error('The browser has drawn no two frames.');
  const times = drawn.map(({ ts }) => ts).sort((a, b) => a - b);
  const intervals = times.slice(1).map((time, index) => (time - times[index]) / 1000);
  const main = mainThreads(events);
  const tasks = events
    .filter((event) => /^(?:RunTask|ThreadControllerImpl::RunTask)$/.test(event.name) && main.has(threadOf(event)))
    .map(({ dur = 0 }) => dur / 1000);
  return {
    frames: drawn.length,
    interval: median(intervals),
    slowInterval: quantile(intervals, 0.95),
    longestTask: Math.max(0, ...tasks),
    longTasks: tasks.filter((milliseconds) => milliseconds > LONG_TASK).length,
  };
}

/** Threads that run pages' scripts. */
function mainThreads(events: readonly TraceEvent[]): ReadonlySet<string> {
  const named = events.filter(
    ({ ph, name, args }) => ph === 'M' && name === 'thread_name' && args.name === 'CrRendererMain',
  );
  return new Set(named.map(threadOf));
}

function threadOf({ pid, tid }: TraceEvent): string {
  return `${pid}/${tid}`;
}
