import { byteLength, type Program, verify } from '@weft/core/program';
import { SLICE_BYTES } from '@weft/train/runtime';
import { planStep } from '../machine/step-plan.js';
import { list, record, text } from '../wire/fields.js';
import { checkStep, isWithin } from './bounds.js';
import { JOB_FORMAT } from './encode.js';
import { constants, jobProgram, ranges, session, top, works } from './fields.js';
import { type Job, JobError, type JobLaunch, type JobMicroStage, type JobProgram, type JobStage } from './job.js';

/** What a machine allows jobs. */
export interface JobLimits {
  /** Bytes of memory that a job may take. */
  readonly mostMemory: number;
}

const LONGEST_MESSAGE = 500;

const job = record({
  format: text(64),
  session,
  top,
  scratch: ranges,
  constants,
  programs: list(jobProgram, { most: 2 ** 16 }),
  works,
});

/**
 * Reads a job.
 *
 * @throws JobError for bytes that are none, or for a job that would do what it must not: its programs are those that
 *   `verify` lets pass, and all that they and the machines read and write lies in the job's memory
 * @example
 * decodeJob(Uint8Array.of(1, 2, 3), { mostMemory: 2 ** 30 }); // throws JobError
 */
export function decodeJob(bytes: Uint8Array, limits: JobLimits): Job {
  try {
    const { format, ...read } = job.read(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), '');
    if (format !== JOB_FORMAT) throw new JobError(`The job is of the format ${format}; expected ${JOB_FORMAT}.`);
    const decoded = read as Job;
    checkJob(decoded, limits);
    return decoded;
  } catch (error) {
    if (error instanceof JobError && error.message.length <= LONGEST_MESSAGE) throw error;
    const { message } = error as Error;
    // Whatever it is: what comes from elsewhere is no reason to fail in another way.
    throw new JobError(`The job cannot be read: ${message.slice(0, LONGEST_MESSAGE)}`, { cause: error });
  }
}

function checkJob(decoded: Job, { mostMemory }: JobLimits): void {
  if (decoded.top > mostMemory) {
    throw new JobError(`The job takes ${decoded.top} bytes of memory; ${mostMemory} are allowed.`);
  }
  for (const range of decoded.constants) {
    if (!isWithin(range, decoded.top))
      throw new JobError(`A constant lies at ${range.address}, outside of the memory.`);
  }
  decoded.programs.forEach((program, which) => {
    checkProgram(program, `program ${which}`, mostMemory);
  });
  for (const stages of decoded.works.flatMap((bySize) => Object.entries(bySize))) checkStages(decoded, ...stages);
}

function checkProgram({ program, inputs, outputs, invariant }: JobProgram, where: string, mostMemory: number): void {
  const isKnown = (value: number) => value < program.values.length;
  for (const { name, ...operation } of program.operations) {
    if (name === 'kernel' || name === 'gradient') throw new JobError(`${where}: it has the operation ${name}.`);
    if (![...operation.inputs, ...operation.outputs].every(isKnown)) throw new JobError(`${where}: it lacks a value.`);
  }
  if (![...program.inputs, ...program.outputs].every(isKnown)) throw new JobError(`${where}: it lacks a value.`);
  const large = program.values.find((type) => byteLength(type) > mostMemory);
  if (large) throw new JobError(`${where}: a value takes ${byteLength(large)} bytes; ${mostMemory} are allowed.`);
  verify(program as Program, where);
  if (inputs.length !== program.inputs.length || outputs.length !== program.outputs.length) {
    throw new JobError(
      `${where}: it has ${program.inputs.length} inputs and ${program.outputs.length} outputs, and places for ${inputs.length} and ${outputs.length}.`,
    );
  }
  if (invariant.some((which) => which >= inputs.length)) throw new JobError(`${where}: an input is not there.`);
}

function checkStages(decoded: Job, size: string, stages: readonly JobStage[]): void {
  stages.forEach((stage, which) => {
    for (const launch of launchesIn(stage)) checkLaunch(decoded, launch);
    if (stage.kind === 'micro') checkMicro(decoded, stage, Number(size));
    if (stage.kind === 'finish' && stage.logs.some(({ from, to }) => from % 4 !== 0 || to % 8 !== 0)) {
      throw new JobError('A number of a step lies where no number can.');
    }
    const isEnd = stage.kind === 'finish' && stage.endsStep;
    if (isEnd !== (which === stages.length - 1))
      throw new JobError(`The step on ${size} examples does not end as it must.`);
  });
  checkStep(decoded, stages, { batchBegin: 0, step: 0 });
  planStep(decoded, stages);
}

function launchesIn(stage: JobStage): JobLaunch[] {
  if (stage.kind === 'micro') return [...Object.values(stage.first), ...Object.values(stage.next)];
  if (stage.kind === 'slices') return stage.parts.map(({ launch }) => launch);
  return stage.kind === 'whole' ? [stage.launch] : [];
}

function checkLaunch({ programs }: Job, { program, blocks }: JobLaunch): void {
  const found = programs[program];
  if (!found) throw new JobError(`There is no program ${program}.`);
  if ([...found.inputs, ...found.outputs].some(({ segment }) => segment > blocks.length)) {
    throw new JobError(`Program ${program} has more segments than the ${blocks.length} that it is given.`);
  }
}

function checkMicro({ top: end }: Job, stage: JobMicroStage, size: number): void {
  let at = 0;
  for (const leaf of stage.leaves) {
    for (const { begin, count } of leaf) {
      if (begin !== at) throw new JobError(`A micro-batch begins at example ${begin}, not at ${at}.`);
      at += count;
    }
    const launches = leaf.map(({ count }, index) => (index === 0 ? stage.first : stage.next)[count]);
    if (launches.some((launch) => launch === undefined)) throw new JobError('There is no program for a micro-batch.');
  }
  if (at !== size) throw new JobError(`Micro-batches have ${at} examples, the batch has ${size}.`);
  if (stage.parts) checkParts(stage.parts, stage.leaves.length, end);
}

function checkParts(
  { leaves, bytes, groups, reduced }: NonNullable<JobMicroStage['parts']>,
  count: number,
  end: number,
): void {
  let at = 0;
  for (const { offset, slices } of groups) {
    if (offset !== at) throw new JobError(`Sums begin at ${offset} of a leaf, not at ${at}.`);
    at += slices * SLICE_BYTES;
  }
  const isRight =
    at === bytes && [leaves, reduced].every((address) => address % 4 === 0) && (count > 1 || leaves === reduced);
  const isInside =
    isWithin({ address: leaves, bytes: bytes * count }, end) && isWithin({ address: reduced, bytes }, end);
  if (!isRight || !isInside) throw new JobError('The sums of micro-batches do not lie as they must.');
}
