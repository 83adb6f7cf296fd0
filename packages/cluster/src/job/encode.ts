import type { Job } from './job.js';

/** What a job's bytes begin with: another version is refused. */
export const JOB_FORMAT = 'weft job 1';

/** A job as bytes, which `decodeJob` reads. */
export function encodeJob(job: Job): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ format: JOB_FORMAT, ...job }));
}
