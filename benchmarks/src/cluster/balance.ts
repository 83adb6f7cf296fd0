import { type ClusterShape, type RoundCost, stepTime } from '@weft/cluster';
import { convAutoencoder } from '@weft/models';
import { type StepRun, stepSeconds, withCluster } from './runs.js';

/** What the workers of a training did and sent, by step. */
export interface Balance {
  readonly workers: number;
  /** Micro-batches of each worker. */
  readonly microBatches: readonly number[];
  /** Bytes of the worker that sends, or receives, most; everything counted, also what is not sums. */
  readonly sent: number;
  readonly received: number;
  /** The same as the formula says it of sums alone. */
  readonly predicted: { readonly sent: number; readonly received: number };
  /** 2 x weights x 4. */
  readonly bound: number;
}

/** Measures how leaves and bytes are shared out among workers of one thread each. */
export async function measureBalance(workers: number, round: RoundCost, run: StepRun): Promise<Balance> {
  const { model } = convAutoencoder();
  const all = await withCluster({ count: workers }, async (runtime) => {
    const { workers: before } = runtime.statistics;
    await stepSeconds(runtime, model, run);
    return Object.entries(runtime.statistics.workers).map(([name, after]) => ({
      microBatches: after.microBatches - (before[name]?.microBatches ?? 0),
      bytesSent: after.bytesSent - (before[name]?.bytesSent ?? 0),
      bytesReceived: after.bytesReceived - (before[name]?.bytesReceived ?? 0),
    }));
  });
  const steps = run.steps * (run.epochs + 1);
  const most = (of: (worker: (typeof all)[number]) => number) => Math.max(...all.map(of)) / steps;
  const free = { replicatedSeconds: 0, secondsPerByte: 0, secondsPerMessage: 0 };
  const shape: ClusterShape = { machines: workers, cores: 1, latency: 0, bandwidth: Number.POSITIVE_INFINITY };
  const { sent, received } = stepTime({ rounds: [round], ...free }, shape);
  return {
    workers,
    microBatches: all.map(({ microBatches }) => microBatches / steps),
    sent: most(({ bytesSent }) => bytesSent),
    received: most(({ bytesReceived }) => bytesReceived),
    predicted: { sent, received },
    bound: 2 * round.bytes,
  };
}
