import { CosineDecay, ExponentialDecay, type LearningRate, LinearWarmup } from '@weft/nn';
import { type Kind, language } from './kinds.js';

/** How the learning rate changes while a model is trained. */
interface ScheduleText {
  /** Epochs of a line from 0 up to the learning rate; 0 for none. */
  readonly warmup: number;
  readonly shape: 'constant' | 'cosine' | 'exponential';
  /** The last rate of `cosine`, the factor an epoch of `exponential`. */
  readonly value?: number;
}

const EXPECTED =
  'constant, cosine, cosine:RATE (the last learning rate), exponential:FACTOR (an epoch) or warmup:EPOCHS, also before another, as warmup:2+cosine';

/** `--schedule`: how the learning rate changes while a model is trained. */
export const schedule: Kind<string> = language('SCHEDULE', EXPECTED, 'cosine', scheduleText);

/** What a schedule needs to know of the training. */
export interface ScheduledTraining {
  /** The learning rate at the beginning, or behind the warm-up. */
  readonly learningRate: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

/**
 * The learning rate that a text describes, as optimisers take it.
 *
 * - `constant`: the learning rate as it is
 * - `cosine`, `cosine:1e-5`: half a wave of a cosine down to 0, or to that rate, over all epochs behind the warm-up
 * - `exponential:0.95`: multiplied by that factor in each epoch, a little in each step
 * - `warmup:2`, `warmup:2+cosine`: before that, a line from 0 to the learning rate, for so many epochs
 *
 * @throws RangeError if the text is no schedule, or does not fit the training
 */
export function scheduledRate(text: string, training: ScheduledTraining): LearningRate {
  const { warmup, shape, value } = parse(text);
  const { learningRate, epochs, stepsPerEpoch } = training;
  const warmupSteps = warmup === 0 ? 0 : Math.max(1, Math.round(warmup * stepsPerEpoch));
  const steps = epochs * stepsPerEpoch - warmupSteps;
  if (warmupSteps > 0 && steps <= 0) {
    throw new RangeError(
      `schedule: the warm-up takes ${warmup} epochs, but the training has ${epochs}. Give more --epochs or a shorter warm-up.`,
    );
  }
  const rate = shapedRate(shape, value, learningRate, steps, stepsPerEpoch);
  return warmupSteps === 0 ? rate : new LinearWarmup({ learningRate: rate, warmupSteps });
}

function shapedRate(
  shape: ScheduleText['shape'],
  value: number | undefined,
  initialLearningRate: number,
  decaySteps: number,
  stepsPerEpoch: number,
): LearningRate {
  if (shape === 'constant') return initialLearningRate;
  if (shape === 'exponential') {
    return new ExponentialDecay({ initialLearningRate, decaySteps: stepsPerEpoch, decayRate: value as number });
  }
  const last = value ?? 0;
  if (last > initialLearningRate) {
    throw new RangeError(
      `schedule: cosine:${last} ends above the learning rate, ${initialLearningRate}. Give a last rate that is smaller.`,
    );
  }
  return new CosineDecay({ initialLearningRate, decaySteps, alpha: last / initialLearningRate });
}

/** A schedule in its canonical form. @throws RangeError if the text is none */
function scheduleText(text: string): string {
  const { warmup, shape, value } = parse(text);
  const then = value === undefined ? shape : `${shape}:${value}`;
  if (warmup === 0) return then;
  return then === 'constant' ? `warmup:${warmup}` : `warmup:${warmup}+${then}`;
}

const NUMBER = /^(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?$/i;

function parse(text: string): ScheduleText {
  const fail = (): never => {
    throw new RangeError(
      `schedule: got '${text.length > 60 ? `${text.slice(0, 60)}...` : text}', expected ${EXPECTED}.`,
    );
  };
  const parts = text.split('+').map((part) => part.split(':').map((piece) => piece.trim()));
  const numbers = parts.map(([, number]) =>
    number === undefined ? undefined : NUMBER.test(number) ? Number(number) : fail(),
  );
  if (parts.length > 2 || parts.some((part) => part.length > 2)) return fail();
  const isWarm = parts[0][0] === 'warmup';
  const warmup = isWarm ? numbers[0] : 0;
  if (warmup === undefined || (isWarm && !(warmup > 0 && Number.isFinite(warmup))) || (parts.length === 2 && !isWarm))
    return fail();
  if (isWarm && parts.length === 1) return { warmup, shape: 'constant' };
  const [[name], value] = [parts[parts.length - 1], numbers[parts.length - 1]];
  if (name === 'constant' && value === undefined) return { warmup, shape: name };
  if (name === 'cosine' && (value === undefined || Number.isFinite(value)))
    return { warmup, shape: name, ...(value && { value }) };
  if (name === 'exponential' && value !== undefined && value > 0 && value <= 1) return { warmup, shape: name, value };
  return fail();
}
