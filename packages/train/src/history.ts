import type { ConvolutionRecord } from '@weft/core/program';

/** What is known after an epoch: losses and metrics by name, those of the validation as `val_loss` and so on. */
export interface EpochLogs {
  readonly loss: number;
  readonly val_loss?: number;
  readonly seconds: number;
  readonly examplesPerSecond: number;
  readonly [name: string]: number | undefined;
}

/** Losses and metrics by their names in the logs, a number an epoch. */
export interface LogHistory {
  /** Mean training loss, over the examples as they were met. */
  readonly loss: readonly number[];
  /** Mean validation loss after each epoch; missing without validation. */
  readonly val_loss?: readonly number[];
  readonly [name: string]: readonly number[] | undefined;
}

/** What is known of the epochs that are done, a number for each. */
export interface EpochHistory {
  readonly history: LogHistory;
  readonly seconds: readonly number[];
  readonly examplesPerSecond: readonly number[];
}

/** A tensor of float32 in row-major order. */
export interface StateTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What optimisers keep between steps: give it to another `fit` as `optimizerState`, and they continue. */
export interface OptimizerState {
  /** Updates that they have counted. */
  readonly steps: number;
  /** By update and slot, such as `0/momentum`, and by the paths of weights. */
  readonly slots: ReadonlyMap<string, ReadonlyMap<string, StateTensor>>;
}

/** What happened during `fit`. */
export interface History extends EpochHistory {
  /** Steps done in all, those before a resumption too. */
  readonly steps: number;
  /** Whether the signal ended it before all epochs were done. */
  readonly aborted: boolean;
  /** Examples that a worker takes through forward and backward at a time. */
  readonly microBatchSize: number;
  readonly convolutions: readonly ConvolutionRecord[];
  readonly optimizerState: OptimizerState;
}

/** What a history says of one of its epochs. */
export function logsOf({ history, seconds, examplesPerSecond }: EpochHistory, epoch: number): EpochLogs {
  const values = Object.entries(history).map(([name, numbers]) => [name, numbers?.[epoch]]);
  return {
    ...(Object.fromEntries(values) as { readonly loss: number }),
    seconds: seconds[epoch],
    examplesPerSecond: examplesPerSecond[epoch],
  };
}

/** Arrays by name, of which one is the loss. */
export function logHistory(values: Readonly<Record<string, readonly number[]>>): LogHistory {
  return values as typeof values & LogHistory;
}

/** Records a history during training. */
export class HistoryRecorder implements EpochHistory {
  readonly seconds: number[] = [];
  readonly examplesPerSecond: number[] = [];
  private readonly values: Readonly<Record<string, number[]>>;

  constructor(names: readonly string[], past: EpochHistory | undefined = undefined) {
    this.values = Object.fromEntries(names.map((name) => [name, [...(past?.history[name] ?? [])]]));
    this.seconds.push(...(past?.seconds ?? []));
    this.examplesPerSecond.push(...(past?.examplesPerSecond ?? []));
  }

  get history(): LogHistory {
    return logHistory(this.values);
  }

  /** Epochs done. */
  get epochs(): number {
    return this.seconds.length;
  }

  /** Adds an epoch. */
  add(values: Readonly<Record<string, number>>, seconds: number, examples: number): void {
    for (const [name, numbers] of Object.entries(this.values)) numbers.push(values[name]);
    this.seconds.push(seconds);
    this.examplesPerSecond.push(examples / seconds);
  }

  /** As it is now. */
  copy(): EpochHistory {
    const history = Object.fromEntries(Object.entries(this.values).map(([name, numbers]) => [name, [...numbers]]));
    return {
      history: logHistory(history),
      seconds: [...this.seconds],
      examplesPerSecond: [...this.examplesPerSecond],
    };
  }
}
