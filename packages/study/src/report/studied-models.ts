import type { TrialResult } from '../execute/trial-result.js';

/** A model that trials have trained. */
export interface StudiedModel {
  readonly key: string;
  readonly title: string;
}

/** The models of all trials, in the order in which they first come. */
export function modelsOf(results: readonly TrialResult[]): StudiedModel[] {
  const models = new Map<string, StudiedModel>();
  for (const result of results) {
    for (const [key, { title }] of Object.entries(result.models)) if (!models.has(key)) models.set(key, { key, title });
  }
  return [...models.values()];
}

/** The data set of a study, as figures name it. */
export function datasetOf([first]: readonly TrialResult[]): { name: string; synthetic: boolean } {
  return { name: first.dataset, synthetic: first.synthetic };
}
