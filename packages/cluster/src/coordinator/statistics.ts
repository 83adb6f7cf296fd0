/** What one worker has done. */
export interface WorkerStatistics {
  readonly host: string;
  readonly threads: number;
  /** Micro-batches that went into results. */
  readonly microBatches: number;
  readonly examples: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** What a training on a cluster was made of. */
export interface ClusterStatistics {
  readonly coordinator: {
    readonly microBatches: 0;
    readonly bytesSent: number;
    readonly bytesReceived: number;
    /** Messages that were damaged, or not of the training. */
    readonly refusedMessages: number;
  };
  /** By worker. */
  readonly workers: Readonly<Record<string, WorkerStatistics>>;
  /** Rounds that were done, and those that were done again because a worker was lost or a message was. */
  readonly rounds: number;
  readonly repeatedRounds: number;
}

type Counted = Pick<WorkerStatistics, 'microBatches' | 'examples' | 'bytesSent' | 'bytesReceived'>;

/** Adds up what workers have done. */
export class Tally {
  rounds = 0;
  private readonly workers = new Map<string, WorkerStatistics>();

  add(id: string, { host, threads }: { readonly host: string; readonly threads: number }, counted: Counted): void {
    const before = this.workers.get(id) ?? { microBatches: 0, examples: 0, bytesSent: 0, bytesReceived: 0 };
    this.workers.set(id, {
      host,
      threads,
      microBatches: before.microBatches + counted.microBatches,
      examples: before.examples + counted.examples,
      bytesSent: before.bytesSent + counted.bytesSent,
      bytesReceived: before.bytesReceived + counted.bytesReceived,
    });
  }

  statistics(
    coordinator: Omit<ClusterStatistics['coordinator'], 'microBatches'>,
    repeatedRounds: number,
  ): ClusterStatistics {
    const { rounds, workers } = this;
    return {
      coordinator: { microBatches: 0, ...coordinator },
      workers: Object.fromEntries(workers),
      rounds,
      repeatedRounds,
    };
  }
}
