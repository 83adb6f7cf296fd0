import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { availableThreads, processorQuota, SharedMemoryError, WorkerPool } from '@weft/pool';
import { memoryLimit } from './control-groups.js';
import { type Examination, type Finding, gigabytes } from './examination.js';

/** Below this a run of the default size may not fit: it takes about half of it. */
const LEAST_MEMORY = 1e9;

export function cores(): Examination {
  const seen = cpus().length;
  const available = availableParallelism();
  const quota = processorQuota();
  const usable = availableThreads();
  const granted =
    quota === undefined
      ? ''
      : `, a control group grants the time of ${Number(quota.toFixed(2))}: ${usable} thread${usable === 1 ? '' : 's'}`;
  return {
    text: `${available} of ${seen} may be used${granted}; ${cpus()[0]?.model.trim() || 'unknown processor'}`,
    facts: { seen, available, controlGroup: quota ?? null, usable },
    findings: [],
  };
}

export function memory(): Examination {
  const total = totalmem();
  const memoryBytes = memoryLimit();
  const free = Math.min(freemem(), memoryBytes ?? Number.POSITIVE_INFINITY);
  const limit = memoryBytes === undefined || memoryBytes >= total ? '' : `, limited to ${gigabytes(memoryBytes)}`;
  const findings: Finding[] = [];
  if (free < LEAST_MEMORY) {
    findings.push({
      problem: `Only ${gigabytes(free)} of memory are free; a run on all of Fashion-MNIST wants ${gigabytes(LEAST_MEMORY)}.`,
      advice: 'Close other programs or raise the limit, or train on less with --limit N.',
    });
  }
  return {
    text: `${gigabytes(total)}${limit}, ${gigabytes(free)} free`,
    facts: { totalBytes: total, freeBytes: free, controlGroupBytes: memoryBytes ?? null },
    findings,
  };
}

/** Reserves what a pool of workers reserves, by making one. */
export async function sharedMemory(): Promise<Examination> {
  try {
    await (await WorkerPool.create({ threads: 1 })).close();
  } catch (error) {
    if (!(error instanceof SharedMemoryError)) throw error;
    const finding = {
      problem: 'The system refuses shared memory, without which there are no threads and no training.',
      advice: error.message,
    };
    return { text: 'refused', facts: { granted: false }, findings: [finding] };
  }
  return { text: 'granted, up to 4 GiB for a pool of threads', facts: { granted: true }, findings: [] };
}
