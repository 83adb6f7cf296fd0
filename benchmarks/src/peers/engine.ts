import type { Job, Task } from './job.js';
import type { LoadedTensor } from './tensors.js';

/** An engine that is ready to work on the job's batch, with the job's weights. */
export interface Engine {
  /** Its version, and what else decides its speed. */
  readonly version: string;
  /** The model's output for the batch, in memory that JavaScript can read. */
  forward(): Float32Array | Promise<Float32Array>;
  /** A training step on the batch; gives the loss before it. */
  step?(): number | Promise<number>;
  /** Losses before the first steps from the job's weights. Default: those of `step`. */
  losses?(count: number): Promise<readonly number[]>;
  /** Milliseconds of single runs, for about so long. Default: `forward` or `step` by the clock. */
  time?(task: Task, milliseconds: number): Promise<readonly number[]>;
  /** Bytes that it has taken at most; 0 if that is not known. Default: those of the process. */
  memory?(): Promise<number>;
}

/** Makes an engine of a job. */
export type StartEngine = (
  job: Job,
  weights: ReadonlyMap<string, LoadedTensor>,
  images: LoadedTensor,
  targets?: LoadedTensor,
) => Engine | Promise<Engine>;

/** Milliseconds of single runs, for about so long. */
export async function timesOf(engine: Engine, task: Task, milliseconds: number): Promise<readonly number[]> {
  if (engine.time) return engine.time(task, milliseconds);
  const times: number[] = [];
  for (let total = 0; total < milliseconds; total += times[times.length - 1]) {
    const started = performance.now();
    await (task === 'step' ? engine.step?.() : engine.forward());
    times.push(performance.now() - started);
  }
  return times;
}

/** Losses before each of the first steps. */
export async function lossesOf(engine: Engine, count: number): Promise<readonly number[]> {
  if (engine.losses) return engine.losses(count);
  const losses: number[] = [];
  while (losses.length < count) losses.push((await engine.step?.()) ?? Number.NaN);
  return losses;
}
