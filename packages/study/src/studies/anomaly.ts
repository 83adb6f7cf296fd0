import type { Study, TrialOptions } from '../definition/study.js';

/** What a study of anomalies varies. */
export interface AnomalyOptions {
  /** Classes to take as normal, one after another: their numbers. */
  readonly normals: readonly number[];
  readonly base?: TrialOptions;
}

/**
 * Takes one class as normal at a time, trains on its images alone, and looks how well images of all other classes are told
 * from it.
 *
 * @example
 * anomalyStudy({ normals: [0, 1, 2], base: { epochs: 20 } }).trials.length; // 3
 */
export function anomalyStudy({ normals, base = {} }: AnomalyOptions): Study {
  return {
    name: 'anomaly',
    title: 'One class is normal: are all others found?',
    base: { model: 'cae', ...base },
    trials: normals.map((normal) => ({ name: `normal-${normal}`, options: { classes: String(normal) } })),
    measures: [{ kind: 'anomaly', quantile: 0.95 }],
    report: 'anomaly',
  };
}
