import { basename } from 'node:path';
import { recordText } from '@weft/report';
import type { OutputFiles } from '../pictures/output-files.js';
import { preparationText } from '../pictures/picture-model.js';
import { shownPath } from '../run/directory.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatTable, formatValue } from '../terminal/text.js';
import type { Gallery } from './gallery.js';
import { SCORE_FILES, scoresCsv } from './score-files.js';
import type { ScoreRequest } from './score-folder.js';
import { scorePage } from './score-page.js';
import { classRows, SCORE_TEXTS, type ScoreResults, scoreSentences, thresholdText } from './score-texts.js';

/** All that is written of a folder's scores, besides the heat maps. */
export interface ScoreOutput {
  readonly request: ScoreRequest;
  readonly results: ScoreResults;
  readonly gallery: Gallery;
  readonly files: OutputFiles;
  /** Path of a picture's heat map in the folder. */
  readonly heatMap: (path: string) => string;
  /** The error of the heat maps' brightest colour. */
  readonly brightest: number;
  readonly bad: readonly { readonly path: string; readonly reason: string }[];
}

/** Writes the scores as CSV, as JSON and as a page, and prints them. */
export async function writeScores(output: ScoreOutput, terminal: Terminal): Promise<void> {
  const { request, results, files } = output;
  const record = recordText(recordOf(output));
  await files.write(SCORE_FILES.csv, scoresCsv(results.pictures, results.threshold));
  await files.write(SCORE_FILES.json, record);
  await files.write(SCORE_FILES.report, page(output));
  if (request.json) {
    terminal.print(record.trimEnd());
    return;
  }
  const classes = results.measures ? [formatTable(classRows(results.measures)), ''] : [];
  terminal.result(
    [...classes, ...scoreSentences(results), `Report: ${shownPath(files.place(SCORE_FILES.report))}`].join('\n'),
  );
}

function recordOf({ request, results, files, heatMap, brightest, bad }: ScoreOutput) {
  const { model, from, score, smoothing } = request;
  const { threshold, measures, pixels } = results;
  return {
    model: { path: model.saved.path, title: model.saved.title },
    data: shownPath(from),
    score,
    smoothing,
    threshold: threshold ?? null,
    measures: measures ?? null,
    pixels: pixels ?? null,
    heatMaps: { brightest },
    pictures: results.pictures.map(({ path, className, isAnomalous, score: value }) => ({
      path,
      ...(className !== undefined && { class: className }),
      ...(isAnomalous !== undefined && { anomalous: isAnomalous }),
      score: value,
      ...(threshold && { found: value >= threshold.value }),
      heatMap: heatMap(path),
    })),
    output: shownPath(files.folder),
    bad,
  };
}

function page({ request, results, gallery, brightest, bad }: ScoreOutput): string {
  const { model, from, score, smoothing, normal } = request;
  const dataset = basename(from);
  const { threshold } = results;
  const smooth =
    smoothing === 0 ? 'squared errors as they are' : `squared errors, smoothed by a Gaussian of ${smoothing} pixels`;
  return scorePage({
    ...results,
    dataset,
    score,
    bad,
    heatMaps: gallery.figure({ name: 'heat-maps-shown', title: 'Where the errors are', subtitle: dataset }, dataset),
    settings: [
      ['Model', `${model.saved.title}, ${model.saved.path}`],
      ['Pictures', `${shownPath(from)}, ${preparationText(model)}`],
      ['Score', SCORE_TEXTS[score]],
      ['Threshold', threshold ? thresholdText(threshold) : 'none'],
      ...(normal === undefined ? [] : [['Normal pictures', shownPath(normal)] as const]),
      ['Heat maps', `${smooth}; the brightest colour stands for ${formatValue(brightest)} and more`],
    ],
  });
}
