import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { SharedMemoryError, WorkerPool } from '@weft/pool';
import { controlGroupLimits } from './control-groups.js';
import { type Examination, type Finding, gigabytes } from './examination.js';

/** Below this a run of the default size may not fit: it takes about half of it. */
const LEAST_MEMORY = 1e9;

export function cores(): Examination {
  const seen = cpus().length;
  const available = availableParallelism();
  const { processors } = controlGroupLimits();
  // Less than a processor is one thread still.
  const usable = Math.max(1, Math.min(available, Math.ceil(processors ?? available)));
  const quota = processors === undefined ? '' : `, of which a control group grants ${Number(processors.toFixed(2))}`;
  const findings: Finding[] = [];
  if (usable < available) {
    findings.push({
      problem: `Node would start ${available} threads, but a control group grants the time of ${Number(processors!.toFixed(2))}: threads would wait for each other.`,
      advice: `Give --threads ${usable} to weft train, or raise the container's limit.`,
    });
  }
  return {
    text: `${available} of ${seen} may be used${quota}; ${cpus()[0]?.model.trim() || 'unknown processor'}`,
    facts: { seen, available, controlGroup: processors ?? null, usable },
    findings,
  };
}

export function memory(): Examination {
  const total = totalmem();
  const { memoryBytes } = controlGroupLimits();
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
