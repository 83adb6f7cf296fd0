import { formatNumber } from '@weft/report';
import type { Bounds } from './spread.js';

/** A dash where there is nothing. */
export const NONE = '–';

/** A number for a table or a sentence. */
export const shown = (value: number | null | undefined) => (value == null ? NONE : formatNumber(value));

/** `0.00311 to 0.00386`. */
export const boundsText = (bounds: Bounds | null | undefined) =>
  bounds == null ? NONE : `${formatNumber(bounds[0])} to ${formatNumber(bounds[1])}`;

/**
 * `a`, `a and b`, `a, b and c`.
 *
 * @example
 * listText(['a', 'b', 'c']); // 'a, b and c'
 */
export function listText(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
