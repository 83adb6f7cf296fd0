import { JOB_FORMAT } from './encode.js';
import { type Job, JobError } from './job.js';

/** What a machine allows jobs. */
export interface JobLimits {
  /** Bytes of memory that a job may take. */
  readonly mostMemory: number;
}

/**
 * Reads a job.
 *
 * @throws JobError for bytes that are none, or for a job that would do what it must not
 */
export function decodeJob(bytes: Uint8Array, { mostMemory }: JobLimits): Job {
  const { format, ...job } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Job & {
    format: string;
  };
  if (format !== JOB_FORMAT) throw new JobError(`The job is of the format ${format}; expected ${JOB_FORMAT}.`);
  if (job.top > mostMemory) throw new JobError(`The job takes ${job.top} bytes of memory; ${mostMemory} are allowed.`);
  return job;
}
