import type { EpochLogs } from '../history.js';
import { oneOf, text } from '../options/kinds.js';
import { likelyName } from '../options/likely-name.js';
import { defaulted } from '../options/schema.js';
import type { TrainInfo } from './callback.js';

/** Options of callbacks that watch a value. */
export const MONITOR_OPTIONS = {
  monitor: defaulted(text("a name in the logs, such as 'val_loss'"), 'val_loss', 'Which value of the logs is watched.'),
  mode: defaulted(
    oneOf('auto', 'min', 'max'),
    'auto',
    'Whether less or more is better. `auto`: more for accuracy, AUC, precision, recall, F1, R2, IoU, PSNR and SSIM, else less.',
  ),
};

/** Metrics of which more is better. */
const MORE_IS_BETTER =
  /(?:accuracy|acc|auc|precision|recall|f1|f1_?score|r2|r2_?score|iou|psnr|ssim|meanCosineSimilarity)$/i;

/** The value that a callback watches. */
export class Monitor {
  /** 1 if less is better, -1 if more is. */
  readonly sign: number;

  constructor(
    private readonly callback: string,
    private readonly name: string,
    mode: 'auto' | 'min' | 'max',
  ) {
    const isMax = mode === 'auto' ? MORE_IS_BETTER.test(name) : mode === 'max';
    this.sign = isMax ? -1 : 1;
  }

  /** The worst value. */
  get worst(): number {
    return this.sign * Number.POSITIVE_INFINITY;
  }

  /** Whether a value is better than another by more than a difference. */
  isBetter(value: number, than: number, minDelta = 0): boolean {
    return this.sign * value < this.sign * than - minDelta;
  }

  /** @throws RangeError if the logs of the training will not have it */
  check({ logNames, validationCount }: Pick<TrainInfo, 'logNames' | 'validationCount'>): void {
    const { callback, name } = this;
    if (logNames.includes(name)) return;
    const start = `${callback}: there is no '${name}' to watch; the logs have ${logNames.join(', ')}.`;
    const likely = likelyName(name, logNames);
    if (validationCount === 0 && /^val/.test(name)) {
      const own = name === 'val_loss' ? 'loss' : (likelyName(name.replace(/^val_?/, ''), logNames) ?? 'loss');
      throw new RangeError(`${start} Give a validationSplit, or set monitor to '${own}'.`);
    }
    throw new RangeError(likely === undefined ? start : `${start} Did you mean '${likely}'?`);
  }

  /** The value at the end of an epoch. */
  valueIn(logs: EpochLogs): number {
    return logs[this.name] ?? Number.NaN;
  }
}
