import { type ClusterRuntime, cluster } from '@weft/cluster';
import { Dense, Sequential } from '@weft/nn';
import { fit } from '@weft/train';
import type { Runtime } from '@weft/train/runtime';
import { LocalCluster } from '../../../scripts/cluster-processes.js';
import type { SlowLineOptions } from '../../../scripts/slow-line.js';
import { median } from '../statistics.js';
import { noise } from '../training-times.js';

/** How steps are measured. */
export interface StepRun {
  readonly batchSize: number;
  readonly steps: number;
  /** Epochs after the first, which warms up. */
  readonly epochs: number;
}

/** Seconds of a step on a runtime: one number an epoch, without the first. */
export async function stepSeconds(runtime: Runtime, model: Sequential, run: StepRun): Promise<number[]> {
  const { batchSize, steps, epochs } = run;
  const data = { x: noise(model, batchSize * steps) };
  const { seconds } = await fit(model, data, { epochs: epochs + 1, batchSize, runtime });
  return seconds.slice(1).map((epoch) => epoch / steps);
}

/**
 * Seconds of a step without what an epoch costs besides, such as bringing the weights back: of epochs of twice the steps
 * and of epochs of the steps.
 */
export async function stepTime(runtime: Runtime, build: () => Sequential, run: StepRun): Promise<number> {
  const epochs = [];
  for (const steps of [run.steps, 2 * run.steps]) {
    epochs.push(steps * median(await stepSeconds(runtime, build(), { ...run, steps })));
  }
  return (epochs[1] - epochs[0]) / run.steps;
}

/** Workers of a benchmark. */
export interface Workers {
  readonly count: number;
  /** The line of each to the server; without it, none between. */
  readonly line?: Omit<SlowLineOptions, 'port'>;
  /** What they are: a program that is given the server's address and more arguments. Default: `weft worker`, one thread. */
  readonly program?: readonly string[];
}

/**
 * Starts a server and workers, waits until all take part, and ends everything at the end.
 *
 * @throws Error with what they have written, if something fails
 */
export async function withCluster<T>(workers: Workers, work: (runtime: ClusterRuntime) => Promise<T>): Promise<T> {
  const { count, line, program } = workers;
  const local = await LocalCluster.start();
  const address = async () => (line ? `nats://127.0.0.1:${(await local.startLine(line)).port}` : local.url);
  try {
    for (let index = 0; index < count; index++) {
      const url = await address();
      const name = `worker-${index + 1}`;
      if (program) local.node(name, [...program.slice(0, 1), url, ...program.slice(1)]);
      else local.run(name, ['worker', url, '--threads', '1']);
    }
    const runtime = await cluster(await address());
    try {
      await allTakePart(runtime, count);
      return await work(runtime);
    } finally {
      await runtime.close();
    }
  } catch (error) {
    throw new Error(`A cluster of ${count} workers failed.\n${local.logs}`, { cause: error });
  } finally {
    await local.close();
  }
}

/** Workers join between steps: a small model is trained until all have. */
async function allTakePart(runtime: ClusterRuntime, count: number): Promise<void> {
  while (runtime.workerNames.length < count) {
    const model = new Sequential([new Dense({ units: 1 })], { inputShape: [1] });
    await fit(model, { x: Float32Array.of(1), y: Float32Array.of(1) }, { epochs: 5, runtime });
  }
}
