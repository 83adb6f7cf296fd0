import { refuse } from '@weft/core/program';

/**
 * Says which weights are meant, by their paths such as `encoder/dense/kernel`: a function of the path, or one or more
 * texts, each a part of the path between slashes, or several of them in a row: `dense`, `bias`, `encoder/dense`.
 */
export type PathMatch = string | readonly string[] | ((path: string) => boolean);

/**
 * Weights that weight decay usually spares, by their names: biases, and what normalisations scale and shift by.
 *
 * @example
 * const optimizer = new AdamW({ weightDecay: 0.01, excludeFromWeightDecay: biasesAndScales });
 * biasesAndScales; // ['bias', 'gamma', 'beta']
 */
export const biasesAndScales: readonly string[] = ['bias', 'gamma', 'beta'];

const isText = (value: unknown) => typeof value === 'string' && value !== '';

/** @throws RangeError if it is no `PathMatch` */
export function pathMatch(label: string, option: string, value: unknown): PathMatch {
  const isMatch = isText(value) || typeof value === 'function' || (Array.isArray(value) && value.every(isText));
  if (isMatch) return value as PathMatch;
  return refuse(label, option, value, "parts of paths such as 'bias' or ['bias', 'gamma'], or (path) => true or false");
}

/** Whether a path is meant. */
export function matches(match: PathMatch, path: string): boolean {
  if (typeof match === 'function') return match(path);
  const parts = typeof match === 'string' ? [match] : match;
  return parts.some((part) => `/${path}/`.includes(`/${part}/`));
}
