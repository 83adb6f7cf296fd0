import { formatCount, formatValue } from '../terminal/text.js';
import type { ScoreName } from './error-map.js';
import type { ScoreMeasures, Threshold } from './evaluate-scores.js';
import type { PixelMeasures } from './pixel-measures.js';
import type { ScoredPicture } from './score-pictures.js';

/** All that came out of scoring a folder. */
export interface ScoreResults {
  readonly pictures: readonly ScoredPicture[];
  readonly threshold: Threshold | undefined;
  readonly measures: ScoreMeasures | undefined;
  readonly pixels: PixelMeasures | undefined;
}

/** What a score is, in words. */
export const SCORE_TEXTS: Readonly<Record<ScoreName, string>> = {
  mse: 'mean squared error of a picture (squared pixel intensity)',
  top: 'mean of the largest 1 % of the smoothed squared errors of a picture (squared pixel intensity)',
};

export const pictureCount = (count: number) => (count === 1 ? '1 picture' : `${formatCount(count)} pictures`);
const share = (part: number, of: number) => `${((100 * part) / of).toFixed(1)} %`;
const decimal = (value: number) => value.toFixed(3);

/** A threshold and where it comes from, in words. */
export function thresholdText({ value, from, quantile, pictures }: Threshold): string {
  const least = formatValue(value);
  if (from === 'option') return `${least}, as given`;
  if (from === 'model') return `${least}: the ${quantile} quantile of the validation images, from the model's file`;
  return `${least}: the ${quantile} quantile of ${pictureCount(pictures ?? 0)} known to be normal`;
}

/** AUROC with its interval: "0.973 (95 % interval 0.941 to 0.994)". */
export function aurocText(auroc: ScoreMeasures['auroc']): string {
  const interval = 'lower' in auroc ? ` (95 % interval ${decimal(auroc.lower)} to ${decimal(auroc.upper)})` : '';
  return decimal(auroc.estimate) + interval;
}

/** What came out, in sentences. */
export function scoreSentences({ pictures, threshold, measures, pixels }: ScoreResults): string[] {
  const sentences: string[] = [];
  if (threshold) {
    const found = pictures.filter(({ score }) => score >= threshold.value).length;
    const reach = found === 1 ? 'reaches the threshold, and counts' : 'reach the threshold, and count';
    sentences.push(
      `${formatCount(found)} of ${pictureCount(pictures.length)} ${reach} as anomalous. The threshold is ${thresholdText(threshold)}.`,
    );
  } else {
    const were = pictures.length === 1 ? 'was' : 'were';
    sentences.push(
      `${pictureCount(pictures.length)} ${were} scored. There is no threshold, so none counts as anomalous.`,
    );
  }
  if (measures) sentences.push(...measureSentences(measures));
  else if (pictures.some(({ isAnomalous }) => isAnomalous !== undefined)) {
    sentences.push('All pictures are of one kind, so that nothing can be said of how well scores tell kinds apart.');
  }
  if (pixels) sentences.push(...pixelSentences(pixels));
  return sentences;
}

function measureSentences(measures: ScoreMeasures): string[] {
  const { normal, anomalous, auroc, averagePrecision, atThreshold, falseAlarms = 0, best } = measures;
  const sentences = [
    `An anomalous picture has a higher score than a normal one with probability ${aurocText(auroc)}, the AUROC of ${pictureCount(anomalous)} with defects and ${formatCount(normal)} without; the average precision is ${decimal(averagePrecision)}.`,
  ];
  if (atThreshold) {
    sentences.push(
      `At the threshold ${share(atThreshold.recall, 1)} of the anomalous pictures are found, with ${formatCount(falseAlarms)} false ${falseAlarms === 1 ? 'alarm' : 'alarms'} among ${pictureCount(normal)} that are normal: F1 ${decimal(atThreshold.f1)}.`,
    );
  }
  sentences.push(
    `The best F1 that any threshold has here is ${decimal(best.f1)}, at ${formatValue(best.threshold)}. This threshold was chosen by the labels of these pictures; on other pictures it will do worse.`,
  );
  return sentences;
}

function pixelSentences({ pictures, auroc, perRegionOverlap, stride }: PixelMeasures): string[] {
  const overlap =
    perRegionOverlap === undefined
      ? 'Per-region overlap is not computed, as pictures differ in size.'
      : `The per-region overlap, up to a false positive rate of 0.3, is ${decimal(perRegionOverlap)}.`;
  const thinning = stride === 1 ? '' : ` Of the rows and columns of large pictures one in ${stride} is looked at.`;
  return [
    `Pixel by pixel, the heat maps of ${pictureCount(pictures)} with known masks have an AUROC of ${decimal(auroc)}. ${overlap}${thinning}`,
  ];
}

/** Rows of a table of the kinds of defects, the head first. */
export function classRows({ classes, auroc, averagePrecision, anomalous, atThreshold }: ScoreMeasures): string[][] {
  const found = (part: number | undefined, of: number) => (part === undefined ? [] : [share(part, of)]);
  return [
    ['', 'pictures', 'AUROC', 'average precision', ...(atThreshold ? ['found'] : [])],
    ...classes.map((each) => [
      each.name,
      formatCount(each.pictures),
      decimal(each.auroc),
      decimal(each.averagePrecision),
      ...found(each.found, each.pictures),
    ]),
    [
      'all defects',
      formatCount(anomalous),
      decimal(auroc.estimate),
      decimal(averagePrecision),
      ...found(atThreshold?.recall, 1),
    ],
  ];
}
