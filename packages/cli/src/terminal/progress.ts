import type { DownloadProgress } from '@weft/data';
import type { BatchLogs, Callback, EpochLogs, TrainInfo } from '@weft/pool';
import { type Pace, PaceMeter } from './pace.js';
import type { Terminal } from './terminal.js';
import { formatCount, formatDuration, formatValue } from './text.js';

/** A terminal is drawn on at most so often. */
const INTERVAL_MILLISECONDS = 100;
const BAR_WIDTH = 24;

/** What the bar shows. */
export interface Progress extends Pace {
  readonly name: string;
}

/** A line with a bar, no longer than the terminal is wide. */
export function progressLine(progress: Progress, columns: number): string {
  const { name, epoch, epochs, images, imagesInEpoch, loss, imagesPerSecond, secondsLeft } = progress;
  const start = `${name} ${epoch}/${epochs}`;
  const facts = [
    `loss ${formatValue(loss)}`,
    `${formatCount(imagesPerSecond)} images/s`,
    `ETA ${formatDuration(secondsLeft)}`,
  ];
  const end = facts.join('  ');
  return lineWithBar(start, images / imagesInEpoch, end, columns);
}

/** A line for a file that is being fetched, no longer than the terminal is wide. */
export function downloadLine({ file, mirror, received, total }: DownloadProgress, columns: number): string {
  const end = `${formatCount(received / 1000)} of ${formatCount(total / 1000)} kB  ${new URL(mirror).host}`;
  return lineWithBar(`Fetching ${file}`, received / total, end, columns);
}

/** A line with a bar, no longer than the terminal is wide. */
export function lineWithBar(start: string, fraction: number, end: string, columns: number): string {
  // One column stays free: some terminals wrap when the last is filled.
  const room = Math.min(BAR_WIDTH, columns - 1 - start.length - end.length - 4);
  const text = room >= 5 ? `${start}  ${bar(fraction, room)}  ${end}` : `${start}  ${end}`;
  return text.slice(0, Math.max(0, columns - 1));
}

function bar(fraction: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}

/** Shows how a download goes: a bar on a terminal, and a line a file elsewhere. */
export function downloadReporter(terminal: Terminal): (progress: DownloadProgress) => void {
  let announced: string | undefined;
  let drawn = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const { file, received, total } = progress;
    if (!terminal.live) {
      if (file !== announced) terminal.message(`Fetching ${file}, ${formatCount(total / 1000)} kB`);
      announced = file;
      return;
    }
    const now = performance.now();
    if (now - drawn < INTERVAL_MILLISECONDS && received > 0 && received < total) return;
    drawn = now;
    terminal.show(terminal.colour('cyan', downloadLine(progress, terminal.columns)));
  };
}

/** Shows how a model's training goes: a bar on a terminal, and a line an epoch everywhere. */
export class TrainingProgress implements Callback {
  private readonly meter = new PaceMeter();
  private epochs = 0;
  private drawn = 0;

  constructor(
    private readonly name: string,
    private readonly terminal: Terminal,
    /** Whether a cluster trains: this machine's threads do not. */
    private readonly isOnCluster = false,
  ) {}

  onTrainBegin(info: TrainInfo): void {
    const { epochs, steps, trainCount, validationCount, threads, initialEpoch, initialStep } = info;
    this.epochs = epochs;
    this.meter.beginTraining(info);
    const held = validationCount > 0 ? `, ${formatCount(validationCount)} held out` : '';
    const count = (value: number, noun: string) => `${formatCount(value)} ${noun}${value === 1 ? '' : 's'}`;
    const place = this.isOnCluster ? 'a cluster' : count(threads, 'thread');
    this.terminal.message(
      `${this.name}: ${count(trainCount, 'image')} to train on${held}; ${count(epochs, 'epoch')} of ${count(steps, 'step')} on ${place}`,
    );
    if (initialEpoch + initialStep === 0) return;
    const progress = `after ${count(initialEpoch, 'epoch')} and ${count(initialStep, 'step')}`;
    this.terminal.message(`${this.name}: ${initialEpoch < epochs ? 'resumed' : 'finished'} ${progress}`);
  }

  onEpochBegin(): void {
    this.meter.beginEpoch();
  }

  onBatchEnd(_batch: number, logs: BatchLogs): void {
    const now = performance.now();
    if (!this.terminal.live || now - this.drawn < INTERVAL_MILLISECONDS) return;
    this.drawn = now;
    const progress = { name: this.name, ...this.meter.after(logs) };
    this.terminal.show(this.terminal.colour('cyan', progressLine(progress, this.terminal.columns)));
  }

  onEpochEnd(epoch: number, { loss, val_loss, seconds, examplesPerSecond }: EpochLogs): void {
    const number = String(epoch + 1).padStart(String(this.epochs).length);
    const facts = [
      `${this.name} ${number}/${this.epochs}`,
      `loss ${formatValue(loss)}`,
      ...(val_loss === undefined ? [] : [`val_loss ${formatValue(val_loss)}`]),
      formatDuration(seconds),
      `${formatCount(examplesPerSecond)} images/s`,
    ];
    this.terminal.message(facts.join('  '));
  }

  onTrainEnd(): void {
    this.terminal.show(undefined);
  }
}
