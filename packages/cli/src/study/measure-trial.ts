import type { Json, Measure, MeasureCall } from '@weft/study';
import { measureAnomaly } from './measure-anomaly.js';
import { measureFeatures } from './measure-features.js';
import { type MeasureContext, type OpenTrial, withTrial } from './open-trial.js';

/** What can be measured of the models of a trial, by kind. */
const MEASURES: Readonly<Record<string, (trial: OpenTrial, measure: Measure) => Promise<object>>> = {
  features: (trial, { examples = 10_000 }) => measureFeatures(trial, examples as number),
  anomaly: (trial, { quantile = 0.95 }) => measureAnomaly(trial, quantile as number),
};

/** Kinds of measures. */
export const MEASURE_KINDS: readonly string[] = Object.keys(MEASURES);

/** Measures something of the models of a finished trial. */
export async function measureTrial(measure: Measure, call: MeasureCall, context: MeasureContext): Promise<Json> {
  context.terminal.show(`Measuring ${measure.kind} of ${call.trial.name}`);
  return withTrial(call, context, async (trial) => (await MEASURES[measure.kind](trial, measure)) as Json);
}
