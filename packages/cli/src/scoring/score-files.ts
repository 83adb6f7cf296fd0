import { encodeCsv } from '@weft/formats/arrays';
import type { Threshold } from './evaluate-scores.js';
import type { ScoredPicture } from './score-pictures.js';

/** Files of scores, besides the heat maps, in their folder. */
export const SCORE_FILES = { csv: 'scores.csv', json: 'scores.json', report: 'report.html' } as const;

/** A line a picture: path, class, whether it is known to be anomalous (1 or 0), its score, and whether it reaches the threshold. */
export function scoresCsv(pictures: readonly ScoredPicture[], threshold: Threshold | undefined): string {
  const bit = (value: boolean | undefined) => (value === undefined ? '' : value ? '1' : '0');
  const rows = pictures.map(({ path, className = '', isAnomalous, score }) => {
    const reached = threshold && score >= threshold.value;
    return [path, className, bit(isAnomalous), score, bit(reached)];
  });
  return encodeCsv([['path', 'class', 'anomalous', 'score', 'found'], ...rows], '\n');
}
