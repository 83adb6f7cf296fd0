import type { KernelSet } from '@weft/core';
import { warnOnce } from './warn-once.js';
import { WebWorker } from './workers/web-worker.js';

/**
 * Starts workers.
 *
 * @param file address of their script; without it, bundlers find it by the form of these lines
 * @returns those that have started: none where there can be none, after a warning that says why
 */
export async function startWorkers(
  count: number,
  kernels: KernelSet,
  file: URL | string | undefined,
): Promise<WebWorker[]> {
  const make = () => {
    if (file !== undefined) return new Worker(file, { type: 'module' });
    if (kernels === 'wasm') return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    return new Worker(new URL('./reference-worker.js', import.meta.url), { type: 'module' });
  };
  const starts = await Promise.allSettled(Array.from({ length: count }, () => WebWorker.start(make)));
  const started = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const refused = starts.find((start) => start.status === 'rejected');
  if (refused) {
    const { message } = refused.reason as Error;
    warnOnce(
      started.length === 0
        ? `Weft: no worker starts: ${message}. Until then the page's own thread computes, one step at a time, and the page is less responsive.`
        : `Weft: ${started.length} of ${count} workers have started: ${message}.`,
    );
  }
  return started;
}
