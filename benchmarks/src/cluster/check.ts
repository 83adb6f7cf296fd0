import { fileURLToPath } from 'node:url';
import { stepTime as predictedStep, type StepCost } from '@weft/cluster';
import { convAutoencoder } from '@weft/models';
import { Dense, Sequential } from '@weft/nn';
import { Line } from '../../../scripts/slow-line.js';
import { CHECKED, type Network } from './lines.js';
import { type StepRun, stepTime, withCluster } from './runs.js';
import type { Sleep } from './sleeping.js';
import type { MeasuredCost } from './step-cost.js';

const PROGRAM = fileURLToPath(new URL('./sleeping-worker.js', import.meta.url));

/** A step of workers that sleep, beside what the formula says. */
export interface Checked {
  readonly network: Network;
  readonly workers: number;
  /** Seconds. */
  readonly measured: number;
  readonly predicted: number;
}

/** Seconds of a step of workers that sleep in the place of computing, with slow lines between them and the server. */
function sleepingStep(
  build: () => Sequential,
  workers: number,
  network: Network,
  sleep: Sleep,
  run: StepRun,
): Promise<number> {
  const { latency, bandwidth } = network;
  const shared = { up: new Line(bandwidth), down: new Line(bandwidth) };
  const line = latency === 0 ? undefined : { latency: 1000 * latency, bandwidth, shared };
  const program = [PROGRAM, String(sleep.leafSeconds), String(sleep.replicatedSeconds)];
  return withCluster({ count: workers, ...(line && { line }), program }, (runtime) => stepTime(runtime, build, run));
}

const NUMBERS = 1024;

/** An autoencoder of so many weights or somewhat more. */
const modelOf = (weights: number) =>
  new Sequential([new Dense({ units: Math.ceil(weights / NUMBERS / 2) }), new Dense({ units: NUMBERS })], {
    inputShape: [NUMBERS],
  });

const SMALL_WEIGHTS = 2 ** 14;
/** Sums of a few chunks, as those of the autoencoders. */
const LARGE_WEIGHTS = 3 * 2 ** 16;

/** What a machine takes for bytes and messages: of steps on two workers that compute nothing, with few weights and many. */
export async function measureHandling(run: StepRun): Promise<Pick<StepCost, 'secondsPerByte' | 'secondsPerMessage'>> {
  const nothing = { leafSeconds: 0, replicatedSeconds: 0 };
  const [few, many] = [SMALL_WEIGHTS, LARGE_WEIGHTS].map((weights) => () => modelOf(weights));
  const time = (build: () => Sequential) => sleepingStep(build, 2, CHECKED[0], nothing, run);
  const [short, long] = [await time(few), await time(many)];
  const bytes = (build: () => Sequential) => 4 * build().countWeights();
  // Of two workers each handles 2 S bytes and 2 messages a step, and the coordinator 3.
  const secondsPerByte = Math.max(0, (long - short) / (2 * (bytes(many) - bytes(few))));
  return { secondsPerByte, secondsPerMessage: Math.max(0, (short - 2 * bytes(few) * secondsPerByte) / 5) };
}

/** Checks the formula with some numbers of workers on some networks. */
export async function checkFormula(
  { round, replicatedSeconds }: MeasuredCost,
  cost: StepCost,
  counts: readonly number[],
  run: StepRun,
): Promise<Checked[]> {
  const found: Checked[] = [];
  const sleep = { leafSeconds: round.leafSeconds, replicatedSeconds };
  for (const network of CHECKED) {
    for (const workers of counts) {
      const measured = await sleepingStep(() => convAutoencoder().model, workers, network, sleep, run);
      const { latency, bandwidth } = network;
      const predicted = predictedStep(cost, { machines: workers, cores: 1, latency, bandwidth }).seconds;
      found.push({ network, workers, measured, predicted });
    }
  }
  return found;
}
