import type { RunRecord } from '../record/run-record.js';
import { type FigureKind, figureName, figureNumber, SAMPLES_FIGURE } from './figure-names.js';
import { FIRST_MODELS, joined, latentOf, trainedModels } from './trained-models.js';

/** Which figures a run lacks and why; empty if none. `drawn` are the names of those that there are. */
export function missingFigureSentences(record: RunRecord, drawn: readonly string[]): string[] {
  const missing = expectedFigures(record).filter(({ name }) => !drawn.includes(name));
  const reasons = new Map<string, number[]>();
  for (const { name, reason } of missing) {
    const number = figureNumber(name);
    if (number !== undefined) reasons.set(reason, [...(reasons.get(reason) ?? []), number]);
  }
  const numbered = [...reasons].map(([reason, numbers]) => {
    const list = joined(numbers.sort((a, b) => a - b).map(String));
    return `${numbers.length === 1 ? `Figure ${list} is` : `Figures ${list} are`} missing: ${reason}.`;
  });
  const named = missing.filter(({ name }) => figureNumber(name) === undefined);
  return [...numbered, ...named.map(({ name, reason }) => `The figure ${name} is missing: ${reason}.`)];
}

interface ExpectedFigure {
  readonly name: string;
  /** Why it may not be there. */
  readonly reason: string;
}

function expectedFigures(record: RunRecord): ExpectedFigure[] {
  const trained = trainedModels(record);
  const expected = (key: string, denoises: boolean, reason: string, latents: string | undefined) => {
    const kinds: FigureKind[] = ['loss', denoises ? 'denoised' : 'reconstructions', 'errors'];
    return [
      ...kinds.map((kind) => ({ name: figureName(key, kind), reason })),
      ...(latents === undefined ? [] : [{ name: figureName(key, 'latents'), reason: latents }]),
    ];
  };
  const ofTrained = trained.flatMap((each) => {
    const unanalysed = each.key === 'cae' ? 'the latents were not analysed' : undefined;
    return expected(each.key, each.denoises, 'not drawn', latentOf(record, each) ? 'not drawn' : unanalysed);
  });
  // Numbers leave a gap where one of the first two models was not trained; names leave none.
  const hasGaps = trained.every(({ key }) => Object.hasOwn(FIRST_MODELS, key));
  const untrained = Object.entries(FIRST_MODELS).filter(([key]) => hasGaps && !Object.hasOwn(record.models, key));
  const ofUntrained = untrained.flatMap(([key, { name, denoises }]) => {
    const reason = `the ${name} was not trained in this run`;
    return expected(key, denoises, reason, key === 'cae' ? reason : undefined);
  });
  return [{ name: SAMPLES_FIGURE, reason: 'not drawn' }, ...ofTrained, ...ofUntrained];
}
