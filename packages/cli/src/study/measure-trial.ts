import { type Json, type Measure, type MeasureCall, StudyError } from '@weft/study';
import { noise } from '../arguments/training-texts.js';
import { measureAnomaly } from './measure-anomaly.js';
import { measureFeatures } from './measure-features.js';
import { measureNoise } from './measure-noise.js';
import { type MeasureContext, type OpenTrial, withTrial } from './open-trial.js';

/** Something that can be measured of the models of a trial. */
interface MeasureKind {
  /** What a measure of this kind takes, and whether a value is that; one that has a default may be left out. */
  readonly takes: Readonly<
    Record<string, { readonly expected: string; readonly fits: (value: Json) => boolean; readonly isNeeded?: true }>
  >;
  measure(trial: OpenTrial, measure: Measure): Promise<object>;
}

/** What can be measured, by kind. */
const MEASURES: Readonly<Record<string, MeasureKind>> = {
  noise: {
    takes: {
      noises: { expected: 'a list of noises, such as ["gaussian:0.4", "blur:1"]', fits: areNoises, isNeeded: true },
    },
    measure: (trial, { noises }) => measureNoise(trial, noises as readonly string[]),
  },
  features: {
    takes: {
      examples: {
        expected: 'a whole number from 2',
        fits: (value) => Number.isSafeInteger(value) && (value as number) >= 2,
      },
    },
    measure: (trial, { examples = 10_000 }) => measureFeatures(trial, examples as number),
  },
  anomaly: {
    takes: {
      quantile: {
        expected: 'a number between 0 and 1',
        fits: (value) => typeof value === 'number' && value > 0 && value < 1,
      },
    },
    measure: (trial, { quantile = 0.95 }) => measureAnomaly(trial, quantile as number),
  },
};

/** Kinds of measures. */
export const MEASURE_KINDS: readonly string[] = Object.keys(MEASURES);

/** @throws StudyError if the measure, which is of a known kind, is given what it does not take */
export function checkMeasure({ kind, ...given }: Measure, where: string): void {
  const { takes } = MEASURES[kind];
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(takes, name));
  if (unknown !== undefined) {
    throw new StudyError(`${where}: got '${unknown}', expected ${['kind', ...Object.keys(takes)].join(' and ')}.`);
  }
  for (const [name, { expected, fits, isNeeded }] of Object.entries(takes)) {
    if (given[name] === undefined ? !isNeeded : fits(given[name])) continue;
    const got = given[name] === undefined ? 'nothing' : JSON.stringify(given[name]).slice(0, 60);
    throw new StudyError(`${where}.${name}: got ${got}, expected ${expected}.`);
  }
}

function areNoises(value: Json): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((text) => {
    try {
      return typeof text === 'string' && noise.read(text) !== undefined;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  });
}

/** Measures something of the models of a finished trial. */
export async function measureTrial(measure: Measure, call: MeasureCall, context: MeasureContext): Promise<Json> {
  context.terminal.show(`Measuring ${measure.kind} of ${call.trial.name}`);
  return withTrial(call, context, async (trial) => (await MEASURES[measure.kind].measure(trial, measure)) as Json);
}
