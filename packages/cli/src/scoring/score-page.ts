import { precisionRecallCurve, rocCurve } from '@weft/analysis';
import {
  confusionMatrixFigure,
  details,
  type Figure,
  facts,
  figureBlock,
  type Html,
  list,
  type PageSection,
  paragraph,
  precisionRecallFigure,
  renderPage,
  rocFigure,
  scoreHistogram,
  table,
} from '@weft/report';
import { formatCount, formatValue } from '../terminal/text.js';
import { WEFT_VERSION } from '../version.js';
import type { ScoreName } from './error-map.js';
import { defectClasses } from './evaluate-scores.js';
import type { ScoredPicture } from './score-pictures.js';
import { aurocText, classRows, pictureCount, SCORE_TEXTS, type ScoreResults, scoreSentences } from './score-texts.js';

/** What the page is of. */
export interface ScorePage extends ScoreResults {
  /** Name of the folder of pictures. */
  readonly dataset: string;
  readonly score: ScoreName;
  /** How the scores came about, as names and texts. */
  readonly settings: readonly (readonly [string, string])[];
  readonly heatMaps: Figure;
  readonly bad: readonly { readonly path: string; readonly reason: string }[];
}

/** So many classes have colours of their own. */
const MOST_GROUPS = 6;
/** So many pictures have a row. */
const MOST_ROWS = 100;

/** The page of a folder's scores, as HTML. */
export function scorePage(page: ScorePage): string {
  const { dataset, measures, pixels, bad } = page;
  const cards = [
    { value: formatCount(page.pictures.length), name: 'pictures scored' },
    ...(measures ? [{ value: measures.auroc.estimate.toFixed(3), name: 'AUROC' }] : []),
    ...(measures?.atThreshold ? [{ value: measures.atThreshold.f1.toFixed(3), name: 'F1 at the threshold' }] : []),
    ...(pixels ? [{ value: pixels.auroc.toFixed(3), name: 'AUROC of pixels' }] : []),
    ...(pixels?.perRegionOverlap === undefined
      ? []
      : [{ value: pixels.perRegionOverlap.toFixed(3), name: 'per-region overlap' }]),
  ];
  const sections: PageSection[] = [
    { id: 'scores', title: 'Scores', body: [figureBlock(histogramFigure(page))] },
    ...(measures ? [{ id: 'detection', title: 'Detection', body: detection(page) }] : []),
    { id: 'heat-maps', title: 'Heat maps', body: [figureBlock(page.heatMaps)] },
    { id: 'pictures', title: 'Pictures', body: [pictureTable(page)] },
    ...(bad.length === 0 ? [] : [{ id: 'left-out', title: 'Left out', body: leftOut(page) }]),
    { id: 'settings', title: 'How it was done', body: [facts(page.settings)] },
  ];
  return renderPage({
    title: `Anomaly scores of ${dataset}`,
    lead: scoreSentences(page),
    cards,
    sections,
    footer: `Written by Weft ${WEFT_VERSION}.`,
    generator: `Weft ${WEFT_VERSION}`,
  });
}

function histogramFigure({ pictures, threshold, dataset, score, measures }: ScorePage): Figure {
  return scoreHistogram({
    name: 'scores-histogram',
    title: 'Scores of the pictures',
    subtitle: dataset,
    groups: groupsOf(pictures, measures !== undefined),
    ...(threshold && { threshold: threshold.value }),
    scoreName: `Score: ${SCORE_TEXTS[score]}`,
  });
}

function groupsOf(pictures: readonly ScoredPicture[], isLabelled: boolean) {
  const scores = (some: readonly ScoredPicture[]) => some.map(({ score }) => score);
  const classes = [...new Set(pictures.map(({ className }) => className))];
  if (classes.length <= MOST_GROUPS && classes[0] !== undefined) {
    return classes.map((name = '') => ({
      name,
      scores: scores(pictures.filter(({ className }) => className === name)),
    }));
  }
  if (!isLabelled) return [{ name: 'pictures', scores: scores(pictures) }];
  return [false, true].map((kind) => ({
    name: kind ? 'anomalous' : 'normal',
    scores: scores(pictures.filter(({ isAnomalous }) => isAnomalous === kind)),
  }));
}

function detection(page: ScorePage): PageSection['body'] {
  const { pictures, threshold, measures, dataset } = page;
  if (!measures) return [];
  const of = (some: readonly ScoredPicture[]) =>
    [some.map(({ score }) => score), some.map(({ isAnomalous }) => (isAnomalous ? 1 : 0))] as const;
  const marked = threshold && { threshold: threshold.value };
  const classes = defectClasses(pictures);
  const several = classes.length > 1 && classes.length < MOST_GROUPS;
  const ofClasses = several
    ? classes.map((name) => ({
        name,
        ...rocCurve(...of(pictures.filter(({ className, isAnomalous }) => !isAnomalous || className === name))),
      }))
    : [];
  const [head, ...rows] = classRows(measures);
  const body: PageSection['body'][number][] = [
    paragraph([`The AUROC is ${aurocText(measures.auroc)}.`]),
    table('Each kind of defect against all normal pictures', head, rows),
    figureBlock(
      rocFigure({
        name: 'roc',
        title: 'Receiver operating characteristic',
        subtitle: dataset,
        curves: [{ ...(several && { name: 'all defects' }), ...rocCurve(...of(pictures)), ...marked }, ...ofClasses],
      }),
    ),
    figureBlock(
      precisionRecallFigure({
        name: 'precision-recall',
        title: 'Precision and recall',
        subtitle: dataset,
        curves: [{ ...precisionRecallCurve(...of(pictures)), ...marked }],
      }),
    ),
  ];
  if (threshold) body.push(figureBlock(confusion(page, threshold.value)));
  return body;
}

function confusion({ pictures, dataset }: ScorePage, threshold: number): Figure {
  const counts = new Float64Array(4);
  for (const { isAnomalous, score } of pictures) counts[(isAnomalous ? 2 : 0) + (score >= threshold ? 1 : 0)]++;
  return confusionMatrixFigure({
    name: 'confusion',
    title: 'Pictures at the threshold',
    subtitle: dataset,
    counts,
    classNames: ['normal', 'anomalous'],
  });
}

function pictureTable({ pictures, threshold }: ScorePage): Html {
  const hasClasses = pictures.some(({ className }) => className !== undefined);
  const rows = pictures
    .toSorted((a, b) => b.score - a.score)
    .slice(0, MOST_ROWS)
    .map(({ path, className = '', score }) => [
      path,
      ...(hasClasses ? [className] : []),
      formatValue(score),
      ...(threshold ? [score >= threshold.value ? 'anomalous' : 'normal'] : []),
    ]);
  const head = ['Picture', ...(hasClasses ? ['Class'] : []), 'Score', ...(threshold ? ['Counts as'] : [])];
  const shown = pictures.length > MOST_ROWS ? `The ${MOST_ROWS} pictures with the highest scores` : 'All pictures';
  const caption = `${shown}, the highest score first; scores.csv has all.`;
  return details(`${shown}, one by one`, [table(caption, head, rows, hasClasses ? 2 : 1)]);
}

function leftOut({ bad }: ScorePage): Html[] {
  const were = bad.length === 1 ? '1 picture was' : `${pictureCount(bad.length)} were`;
  return [paragraph([`${were} left out.`]), list(bad.map(({ path, reason }) => `${path}: ${reason}`))];
}
