/** What values of an option may be. */
export interface Kind<Value> {
  /** Stands for the value in the help, such as N; a flag has none. */
  readonly placeholder: string | undefined;
  /** Completes the sentence "expected ...". */
  readonly expected: string;
  /** A value that may be given, for the advice after an error. */
  readonly example: string;
  /**
   * The value that a text stands for; undefined if it is none.
   *
   * @throws RangeError with a sentence, where more can be said of a text than that it is none
   */
  read(text: string): Value | undefined;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A whole number. */
export function wholeNumber(from: number, to: number = Number.MAX_SAFE_INTEGER): Kind<number> {
  return {
    placeholder: 'N',
    expected: to === Number.MAX_SAFE_INTEGER ? `a whole number from ${from}` : `a whole number from ${from} to ${to}`,
    example: String(from),
    read(text) {
      const value = NUMBER.test(text) ? Number(text) : Number.NaN;
      return Number.isSafeInteger(value) && value >= from && value <= to ? value : undefined;
    },
  };
}

/** A finite number within bounds. */
export function number(bounds: { from?: number; above?: number; below?: number; example: number }): Kind<number> {
  const { from, above, below } = bounds;
  const words = [
    from === undefined ? '' : `from ${from}`,
    above === undefined ? '' : `above ${above}`,
    below === undefined ? '' : `${from === undefined && above === undefined ? '' : 'to '}below ${below}`,
  ];
  return {
    placeholder: 'X',
    expected: ['a number', ...words.filter(Boolean)].join(' '),
    example: String(bounds.example),
    read(text) {
      const value = NUMBER.test(text) ? Number(text) : Number.NaN;
      const fits =
        Number.isFinite(value) &&
        (from === undefined || value >= from) &&
        (above === undefined || value > above) &&
        (below === undefined || value < below);
      return fits ? value : undefined;
    },
  };
}

/** One of a few words. */
export function choice<const Word extends string>(...words: readonly Word[]): Kind<Word> {
  return {
    placeholder: words.join('|'),
    expected: `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`,
    example: words[0],
    read: (text) => words.find((word) => word === text),
  };
}

/** A path; the empty one is none. */
export const folder: Kind<string> = {
  placeholder: 'DIR',
  expected: 'the path of a folder',
  example: 'my-run',
  read: (text) => (text === '' ? undefined : text),
};

/** Numbers or names of classes; the data say which there are. */
export const classes: Kind<string> = {
  placeholder: 'CLASS,...',
  expected: 'numbers or names of classes with commas between them',
  example: '0,3',
  read: (text) => (text.split(',').every((word) => word.trim() !== '') ? text : undefined),
};

/** How often: seconds or steps, such as `30s` or `200steps`. */
export const interval: Kind<string> = {
  placeholder: 'INTERVAL',
  expected: 'seconds or steps, such as 30s or 200steps',
  example: '30s',
  read: (text) => (intervalOf(text) ? text : undefined),
};

/** What a text of that kind says; undefined if it is none. */
export function intervalOf(text: string): { seconds: number } | { steps: number } | undefined {
  const [, amount, unit] = /^(\d{1,6}(?:\.\d{1,6})?)(s|steps?)$/.exec(text) ?? [];
  const count = Number(amount);
  if (!(count > 0)) return undefined;
  if (unit === 's') return { seconds: count };
  return Number.isInteger(count) ? { steps: count } : undefined;
}

/** Given or not. */
export const flag: Kind<boolean> = { placeholder: undefined, expected: 'no value', example: '', read: () => true };

/**
 * A text in a small language of its own, such as `0.8*ssim + 0.2*mae`. The value is the text in its canonical form.
 *
 * @param canonical throws RangeError with a sentence if the text is none; the option stands where it names a function
 */
export function language(
  placeholder: string,
  expected: string,
  example: string,
  canonical: (text: string) => string,
): Kind<string> {
  return {
    placeholder,
    expected,
    example,
    read(text) {
      try {
        return canonical(text);
      } catch (error) {
        throw error instanceof RangeError ? new RangeError(error.message.replace(/^[\w-]+: /, '')) : error;
      }
    },
  };
}
