import { parentPort, workerData } from 'node:worker_threads';
import { drawn, examine, minimised } from './examine.js';
import { loadTarget } from './load-target.js';
import type { Report, Task } from './task.js';

const { target: name, seed, from, count, longestSeconds, position } = workerData as Task;
const target = await loadTarget(name);

const report: Report = { accepted: 0, refused: 0, slowestSeconds: 0, mostAllocated: 0, findings: [] };
for (let index = from; index < count; index++) {
  // Seen by the thread that watches, so that a reader that hangs is found by its input.
  Atomics.store(position, 0, index);
  const input = drawn(target, seed, index);
  const { fault, accepted, seconds, allocated } = await examine(target, input, longestSeconds);
  if (accepted) report.accepted++;
  else report.refused++;
  report.slowestSeconds = Math.max(report.slowestSeconds, seconds);
  report.mostAllocated = Math.max(report.mostAllocated, allocated);
  if (fault !== undefined) {
    // A good input is what it is, and a slow one would be read too often.
    const canShrink = input.expected === undefined && seconds < 0.1;
    const smallest = canShrink ? await minimised(target, input.bytes, fault, longestSeconds) : input.bytes;
    report.findings.push({ index, fault, input: Buffer.from(smallest).toString('base64') });
    if (report.findings.length >= 20) break;
  }
}
await target.close?.();
parentPort?.postMessage(report);
