import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Job, type LoadedTensor, readTensors, type Task } from './job.js';

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
}

/** Makes an engine of a job. */
export type StartEngine = (
  job: Job,
  weights: ReadonlyMap<string, LoadedTensor>,
  images: LoadedTensor,
  targets?: LoadedTensor,
) => Engine | Promise<Engine>;

/** What an engine's process is asked; it answers each line of JSON with one. */
export type Request =
  | { readonly do: 'start'; readonly job: Job }
  | { readonly do: 'output'; readonly file: string }
  | { readonly do: 'losses'; readonly count: number }
  | { readonly do: 'time'; readonly task: Task; readonly milliseconds: number }
  | { readonly do: 'memory' };

/** Answers requests on standard input until it is closed. `peers/serve.py` does the same for Python. */
export async function serve(start: StartEngine): Promise<void> {
  let engine: Engine | undefined;
  const running = (): Engine => {
    if (!engine) throw new Error('asked before it was started');
    return engine;
  };
  const answer = async (request: Request): Promise<object> => {
    switch (request.do) {
      case 'start': {
        const { weights, images, targets } = readTensors(request.job);
        engine = await start(request.job, weights, images, targets);
        return { version: engine.version };
      }
      case 'output': {
        const output = await running().forward();
        writeFileSync(request.file, new Uint8Array(output.buffer, output.byteOffset, output.byteLength));
        return {};
      }
      case 'losses':
        return { losses: await lossesOf(running(), request.count) };
      case 'time':
        return { milliseconds: await timesOf(running(), request.task, request.milliseconds) };
      case 'memory':
        return { bytes: process.resourceUsage().maxRSS * 1024 };
    }
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const reply = await answer(JSON.parse(line)).catch((error: unknown) => ({ error: String(error) }));
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
  // Threads of an engine may still be waiting for work.
  process.exit();
}

async function lossesOf(engine: Engine, count: number): Promise<readonly number[]> {
  if (engine.losses) return engine.losses(count);
  const losses: number[] = [];
  while (losses.length < count) losses.push((await engine.step?.()) ?? Number.NaN);
  return losses;
}

async function timesOf(engine: Engine, task: Task, milliseconds: number): Promise<readonly number[]> {
  if (engine.time) return engine.time(task, milliseconds);
  const times: number[] = [];
  for (let total = 0; total < milliseconds; total += times[times.length - 1]) {
    const started = performance.now();
    await (task === 'step' ? engine.step?.() : engine.forward());
    times.push(performance.now() - started);
  }
  return times;
}
