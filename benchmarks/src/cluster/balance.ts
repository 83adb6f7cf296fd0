import { type ClusterShape, type ClusterStatistics, type RoundCost, stepTime } from '@weft/cluster';
import { convAutoencoder } from '@weft/models';
import { type StepRun, stepSeconds, withCluster } from './runs.js';

/** What the workers of a training did and sent, by step. */
export interface Balance {
  readonly workers: number;
  /** Micro-batches of each worker. */
  readonly microBatches: readonly number[];
  /** Bytes that a worker sends and receives, as a mean over workers; everything counted, also what is not sums. */
  readonly sent: number;
  readonly received: number;
  /** The same as the formula says it of sums alone. */
  readonly predicted: { readonly sent: number; readonly received: number };
  /** 2 x weights x 4. */
  readonly bound: number;
}

/** What a worker has done so far. */
type Done = ClusterStatistics['workers'][string];

/**
 * Measures how leaves and bytes are shared out among workers of one thread each. What an epoch costs besides its steps is
 * taken away: epochs of twice the steps are compared with those of the steps.
 */
export async function measureBalance(workers: number, round: RoundCost, run: StepRun): Promise<Balance> {
  const all = await withCluster({ count: workers }, async (runtime) => {
    const marks: Readonly<Record<string, Done>>[] = [];
    // The last bytes of a training are counted in the next one: the first one is there for the second.
    for (const steps of [run.steps, run.steps, 2 * run.steps]) {
      await stepSeconds(runtime, convAutoencoder().model, { ...run, steps });
      marks.push(runtime.statistics.workers);
    }
    return Object.keys(marks[2]).map((name) => marks.map((mark) => mark[name]));
  });
  const steps = run.steps * (run.epochs + 1);
  const perStep = (of: (done: Done) => number) =>
    all.map((marks) => {
      const [start, short, long] = marks.map((done) => (done ? of(done) : 0));
      return (long - short - (short - start)) / steps;
    });
  const free = { replicatedSeconds: 0, secondsPerByte: 0, secondsPerMessage: 0 };
  const shape: ClusterShape = { machines: workers, cores: 1, latency: 0, bandwidth: Number.POSITIVE_INFINITY };
  const { server } = stepTime({ rounds: [round], ...free }, shape);
  const mean = (of: (done: Done) => number) => perStep(of).reduce((sum, each) => sum + each, 0) / workers;
  return {
    workers,
    microBatches: perStep(({ microBatches }) => microBatches),
    sent: mean(({ bytesSent }) => bytesSent),
    received: mean(({ bytesReceived }) => bytesReceived),
    predicted: { sent: server.received / workers, received: server.sent / workers },
    bound: 2 * round.bytes,
  };
}
