import type { ModelResult, TrialResult } from '../execute/trial-result.js';
import { modelsOf, type StudiedModel } from './studied-models.js';

/** The trainings of one model with one value of an option: one for each seed. */
export interface Level {
  readonly model: StudiedModel;
  readonly value: TrialResult['options'][string];
  readonly results: readonly ModelResult[];
}

/** Trainings by model and by the values of an option, in the order of the trials. */
export function levelsOf(trials: readonly TrialResult[], option: string): Level[] {
  const values = [...new Set(trials.map(({ options }) => options[option] ?? null))];
  return modelsOf(trials).flatMap((model) =>
    values.flatMap((value) => {
      const own = trials.filter(({ options }) => (options[option] ?? null) === value);
      const results = own.flatMap(({ models }) => models[model.key] ?? []);
      return results.length > 0 ? [{ model, value, results }] : [];
    }),
  );
}

/** The middle of the values of a level; NaN if one is not finite. */
export function middle({ results }: Level, of: (result: ModelResult) => number): number {
  const values = results.map(of).sort((a, b) => a - b);
  if (!values.every(Number.isFinite)) return Number.NaN;
  const half = values.length / 2;
  return values.length % 2 === 1 ? values[Math.floor(half)] : (values[half - 1] + values[half]) / 2;
}
