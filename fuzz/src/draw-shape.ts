import type { Shape } from '@weft/cluster/readers';
import type { RandomStream } from '@weft/core';
import { between, happens, pick } from './mutate.js';

const LETTERS = 'ab9 é\u202e"\\\n';
/** Longest list that is drawn of one that may be longer. */
const LONGEST = 4;

/** A value as the reader gives it, and as it stands in JSON: the same but for numbers that JSON does not know. */
interface DrawnValue {
  readonly value: unknown;
  readonly json: unknown;
}

const same = (value: unknown): DrawnValue => ({ value, json: value });

/** A good value of a field of a message. */
export function drawShape(shape: Shape, random: RandomStream): DrawnValue {
  switch (shape.type) {
    case 'integer':
      return same(pick(random, [shape.from, shape.to, Math.min(shape.to, shape.from + random.integer(100))]));
    case 'number':
      return drawNumber(random);
    case 'flag':
      return same(happens(random, 0.5));
    case 'text': {
      const { least, most, alphabet = LETTERS } = shape;
      const length = between(random, least, Math.min(most, least + LONGEST));
      return same(Array.from({ length }, () => pick(random, [...alphabet])).join(''));
    }
    case 'choice':
      return same(pick(random, shape.words));
    case 'optional':
      return happens(random, 0.5) ? drawShape(shape.of, random) : same(undefined);
    case 'list': {
      const length = between(random, shape.least, Math.min(shape.most, shape.least + LONGEST));
      const drawn = Array.from({ length }, () => drawShape(shape.of, random));
      return { value: drawn.map(({ value }) => value), json: drawn.map(({ json }) => json) };
    }
    case 'record': {
      const drawn = Object.entries(shape.fields).map(([name, of]) => [name, drawShape(of, random)] as const);
      const present = drawn.filter(([, { value }]) => value !== undefined);
      return {
        value: Object.fromEntries(present.map(([name, { value }]) => [name, value])),
        json: Object.fromEntries(present.map(([name, { json }]) => [name, json])),
      };
    }
  }
}

function drawNumber(random: RandomStream): DrawnValue {
  const value = pick(random, [
    0,
    -0,
    0.1,
    -1e300,
    5e-324,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
  if (Object.is(value, -0)) return { value, json: '-0' };
  return Number.isFinite(value) ? same(value) : { value, json: String(value) };
}
