/** What a search looks at: one image of an exploration. */
export interface Found {
  readonly index: number;
  /** Name of its class; undefined where there are no classes. */
  readonly className: string | undefined;
  readonly error: number;
}

type Condition = (image: Found) => boolean;

const NUMBER = String.raw`(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const COMPARED = new RegExp(`^error(>=|<=|>|<)(${NUMBER})$`, 'i');
const BETWEEN = new RegExp(`^(?:error[:=]?)?(${NUMBER})\\.\\.(${NUMBER})$`, 'i');
const INDEX = /^#?(\d+)$/;

/**
 * The images that a search is for. Words with spaces between them must all hold: `417` or `#417` is the image of that
 * index, `error>0.02` and `0.01..0.02` are errors, anything else is a part of a class's name. Names of several words
 * stand in quotation marks.
 *
 * @throws Error with a sentence if a word can mean nothing here
 */
export function searched(text: string, classNames: readonly string[]): Condition {
  const words = text
    // Spaces around a comparison are no border between words.
    .replace(/\s*(>=|<=|>|<|\.\.)\s*/g, '$1')
    .match(/"[^"]*"?|[^\s"]+/g);
  const conditions = (words ?? []).map((word) => conditionOf(word, classNames));
  return (image) => conditions.every((holds) => holds(image));
}

function conditionOf(word: string, classNames: readonly string[]): Condition {
  const [, comparison, bound] = COMPARED.exec(word) ?? [];
  if (comparison !== undefined) return compared(comparison, Number(bound));
  const [, low, high] = BETWEEN.exec(word) ?? [];
  if (low !== undefined) return ({ error }) => error >= Number(low) && error <= Number(high);
  const [, index] = INDEX.exec(word) ?? [];
  if (index !== undefined) return (image) => image.index === Number(index);
  const part = word.replaceAll('"', '').toLowerCase();
  const isOf = (name: string | undefined) => name?.toLowerCase().includes(part) ?? false;
  if (classNames.some(isOf)) return ({ className }) => isOf(className);
  const classes = classNames.length === 0 ? '' : `, a class such as ${classNames[0]}`;
  throw new Error(`“${word}” is no index such as 417, no error such as error>0.02 or 0.01..0.02${classes}.`);
}

function compared(comparison: string, bound: number): Condition {
  if (comparison === '>') return ({ error }) => error > bound;
  if (comparison === '<') return ({ error }) => error < bound;
  return comparison === '>=' ? ({ error }) => error >= bound : ({ error }) => error <= bound;
}
