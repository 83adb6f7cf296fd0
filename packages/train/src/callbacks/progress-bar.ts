import type { EpochLogs } from '../history.js';
import { number, such, wholeNumber } from '../options/kinds.js';
import { type CheckedOptions, checkOptions, defaulted, type OptionsOf, optional } from '../options/schema.js';
import type { BatchLogs, Callback, TrainInfo } from './callback.js';

/** Where text is written, as to `process.stderr`. On a terminal, a line is drawn over the one before. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  /** Characters to a line, on a terminal. */
  readonly columns?: number | undefined;
}

const OPTIONS = {
  stream: optional(
    such<TextStream>('an object with a function write(text), such as process.stdout', (value) => {
      return typeof (value as Partial<TextStream> | null | undefined)?.write === 'function';
    }),
    'Where the lines go. Without it, each line goes to `console.log`, as to a file.',
  ),
  width: defaulted(wholeNumber(1), 20, 'Characters of the bar; fewer where the terminal is narrow.'),
  interval: defaulted(
    number('a number of milliseconds from 0', (value) => value >= 0 && value < Number.POSITIVE_INFINITY),
    100,
    'Milliseconds from one drawing of the bar to the next, at least.',
  ),
};

/** Options of `ProgressBar`. */
export type ProgressBarOptions = OptionsOf<typeof OPTIONS>;

/** Columns of a terminal that does not say how many it has. */
const USUAL_COLUMNS = 80;

/**
 * Writes how training goes, in the manner of Keras: on a terminal a bar that moves with the steps, and everywhere a line an
 * epoch with losses, metrics and times.
 *
 * @example
 * const written: string[] = [];
 * const callbacks = [new ProgressBar({ stream: { write: (text) => written.push(text) } })];
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
 * const data = { x: new Float32Array(8), y: new Float32Array(4) };
 * await fit(model, data, { epochs: 5, callbacks, threads: 1 });
 * written.join('').startsWith('Epoch 1/5 - 1/1 - '); // true
 * // Epoch 1/5 - 1/1 - 2s - 19ms/step - loss: 0.4312
 */
export class ProgressBar implements Callback {
  private readonly options: CheckedOptions<typeof OPTIONS>;
  private info: Pick<TrainInfo, 'epochs' | 'initialStep'> = { epochs: 0, initialStep: 0 };
  private steps = 0;
  private began = 0;
  private firstStep = 0;
  private drawn = Number.NEGATIVE_INFINITY;
  private isOpen = false;

  /** @throws RangeError or TypeError for an option that is not what it must be */
  constructor(options: ProgressBarOptions = {}) {
    this.options = checkOptions('ProgressBar', options, OPTIONS, '{ width: 30 }');
  }

  onTrainBegin(info: TrainInfo): void {
    this.info = info;
    this.firstStep = info.initialStep;
    this.steps = info.initialStep;
  }

  onEpochBegin(): void {
    this.began = performance.now();
    this.drawn = Number.NEGATIVE_INFINITY;
  }

  onBatchEnd(batch: number, { loss, epoch, batches }: BatchLogs): void {
    this.steps = batch + 1;
    const { stream, width, interval } = this.options;
    const now = performance.now();
    if (!stream?.isTTY || now - this.drawn < interval) return;
    this.drawn = now;
    const columns = Math.max(1, stream.columns ?? USUAL_COLUMNS);
    const start = `${this.epochText(epoch)} ${this.steps}/${Number.isFinite(batches) ? batches : '?'}`;
    const seconds = (now - this.began) / 1000;
    const end = `${this.timesText(seconds)} - loss: ${valueText(loss)}`;
    // One column stays free: some terminals wrap when the last is filled.
    const room = Math.min(width, columns - start.length - end.length - 5);
    const bar = Number.isFinite(batches) && room >= 1 ? ` [${barText(this.steps / batches, room)}]` : '';
    stream.write(`\r\u001b[2K${`${start}${bar} ${end}`.slice(0, columns - 1)}`);
    this.isOpen = true;
  }

  onEpochEnd(epoch: number, { seconds, examplesPerSecond: _, ...logs }: EpochLogs): void {
    const values = Object.entries(logs).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}: ${valueText(value)}`],
    );
    const count = `${this.steps}/${this.steps}`;
    this.line([this.epochText(epoch), count, this.timesText(seconds), ...values].join(' - '));
    this.firstStep = 0;
  }

  /** A training that was stopped within an epoch leaves its bar behind. */
  onTrainEnd(): void {
    if (this.isOpen) this.options.stream?.write('\n');
    this.isOpen = false;
  }

  private line(text: string): void {
    const { stream } = this.options;
    if (stream) stream.write(`${this.isOpen ? '\r\u001b[2K' : ''}${text}\n`);
    else console.log(text);
    this.isOpen = false;
  }

  private epochText(epoch: number): string {
    return `Epoch ${epoch + 1}/${this.info.epochs}`;
  }

  /** Since the epoch began, and for a step. */
  private timesText(seconds: number): string {
    const milliseconds = (1000 * seconds) / Math.max(1, this.steps - this.firstStep);
    const perStep = milliseconds >= 1 ? `${Math.round(milliseconds)}ms` : `${Math.round(1000 * milliseconds)}us`;
    return `${Math.round(seconds)}s - ${perStep}/step`;
  }
}

function barText(fraction: number, width: number): string {
  const done = Math.min(width, Math.floor(fraction * width));
  return `${'='.repeat(done)}${done < width ? '>' : ''}`.padEnd(width, '.');
}

/** Four digits behind the point, or an exponent where the number is small, as in Keras. */
function valueText(value: number): string {
  return Math.abs(value) > 1e-3 || value === 0 || !Number.isFinite(value) ? value.toFixed(4) : value.toExponential(4);
}
