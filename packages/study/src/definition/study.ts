/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Options of `weft train` by their names in camel case, such as `batchSize`. */
export type TrialOptions = Readonly<Record<string, boolean | number | string | null>>;

/** Something to measure of the models of a trial, besides what `weft train` measures: a kind, and what it takes. */
export interface Measure {
  readonly kind: string;
  readonly [parameter: string]: Json;
}

/** A finished trial whose training another one continues. */
export interface EarlierTrial {
  /** Its name. */
  readonly name: string;
  /** The epochs that it has trained; all its other options are those of the trial that continues it. */
  readonly epochs: number;
}

/** One training of a study. It is plain JSON, so that any machine can perform it. */
export interface Trial {
  /** Unique in the study; also the name of its folder. */
  readonly name: string;
  /** Every option that decides the result; the others stand at their defaults. */
  readonly options: TrialOptions;
  readonly measures?: readonly Measure[];
  /**
   * The trial whose checkpoint the training starts from, as in the later rungs of a sweep. Its result is the same as
   * without it, only sooner. Whoever performs the trial needs what `continuedFiles` names of the earlier trial's folder.
   */
  readonly continues?: EarlierTrial;
}

/** Trainings that answer a question together. It is plain JSON. */
export interface Study {
  /** Such as `seeds`. */
  readonly name: string;
  /** Heading of the report. */
  readonly title: string;
  /** Options that all trials share. */
  readonly base: TrialOptions;
  /** Their own options win over those of `base`. */
  readonly trials: readonly Trial[];
  /** What is measured of every trial. */
  readonly measures: readonly Measure[];
  /** How the report is composed: the name of a kind of study. Default: a table of all trials. */
  readonly report: string;
}

/**
 * The trials with everything that decides their results.
 *
 * @example
 * const study = seedsStudy({ seeds: [1, 2], base: { epochs: 20 } });
 * completeTrials(study)[0].options; // { epochs: 20, seed: 1 }
 */
export function completeTrials({ base, trials, measures }: Study): Trial[] {
  return trials.map((trial) => ({
    name: trial.name,
    options: { ...base, ...trial.options },
    measures: [...measures, ...(trial.measures ?? [])],
    ...(trial.continues && { continues: trial.continues }),
  }));
}
