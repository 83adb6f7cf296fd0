import { Worker } from 'node:worker_threads';
import { drawn } from './examine.js';
import { loadTarget } from './load-target.js';
import type { Finding, Report, Task } from './task.js';

const LOOK_MILLISECONDS = 250;
/** To start a thread and to load a target takes some time, but not as long as this. */
const START_SECONDS = 600;

/** Inputs of a target, numbered from 0. */
type Work = Omit<Task, 'position' | 'from'> & {
  /** A reader that takes longer than this for an input hangs; far above the law, as machines may be busy. */
  readonly patienceSeconds: number;
};

/** Feeds a target's inputs to its reader, in a thread of its own that may hang or crash. */
export async function fuzz(work: Work): Promise<Report> {
  const total: Report = { accepted: 0, refused: 0, slowestSeconds: 0, mostAllocated: 0, findings: [] };
  for (let from = 0; from < work.count && total.findings.length < 20; ) {
    const position = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
    const report = await watched({ ...work, from, position }, work.patienceSeconds);
    if (typeof report !== 'string') {
      add(total, report);
      break;
    }
    const index = Math.max(from, Atomics.load(position, 0));
    total.findings.push(await lost(work, index, report));
    from = index + 1;
  }
  return total;
}

/** What the worker reports, or why it never will. */
function watched(task: Task, patience: number): Promise<Report | string> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: task });
    let seen = Number.NaN;
    let still = 0;
    let isFinished = false;
    const timer = setInterval(() => {
      const at = Atomics.load(task.position, 0);
      still = at === seen ? still + LOOK_MILLISECONDS : 0;
      seen = at;
      const allowed = at < 0 ? START_SECONDS : patience;
      if (still >= 1000 * allowed) finish(`hung for ${allowed} s`);
    }, LOOK_MILLISECONDS);
    const finish = (result: Report | string) => {
      if (isFinished) return;
      isFinished = true;
      clearInterval(timer);
      void worker.terminate().then(() => resolve(result));
    };
    worker.on('message', finish);
    worker.on('error', (error: Error) => finish(`ended the thread: ${error.stack ?? error.message}`));
    worker.on('exit', (code) => finish(`ended the thread with code ${code}`));
  });
}

async function lost({ target, seed }: Work, index: number, fault: string): Promise<Finding> {
  const { bytes } = drawn(await loadTarget(target), seed, index);
  return { index, fault, input: Buffer.from(bytes).toString('base64') };
}

function add(total: Report, report: Report): void {
  total.accepted += report.accepted;
  total.refused += report.refused;
  total.slowestSeconds = Math.max(total.slowestSeconds, report.slowestSeconds);
  total.mostAllocated = Math.max(total.mostAllocated, report.mostAllocated);
  total.findings.push(...report.findings);
}
