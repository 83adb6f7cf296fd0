import type { Job } from './job.js';

/** What a job's bytes begin with: another version is refused. */
export const JOB_FORMAT = 'weft job 1';

/**
 * A job as bytes, which `decodeJob` reads.
 *
 * @example
 * const job: Job = { session: '', top: 128, scratch: [], constants: [], programs: [], works: [{}] };
 * decodeJob(encodeJob(job), { mostMemory: 128 }).top; // 128
 */
export function encodeJob(job: Job): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ format: JOB_FORMAT, ...job }));
}
