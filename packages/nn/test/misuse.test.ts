import { describe, expect, it } from 'vitest';
import { Dense, Sequential } from '../src/index.js';

type Mistakes = readonly (readonly [string, () => unknown, new () => Error, RegExp])[];

const none = undefined as never;
const dense = () => new Dense({ units: 2 });
const model = () => new Sequential([dense()], { inputShape: [3] });

/** What types forbid, but plain JavaScript and parsed data do not. */
const misuses: Mistakes = [
  [
    'a model called with arrays',
    () => model().call([[1, 2, 3]] as never),
    TypeError,
    /^sequential: expected a tensor of/,
  ],
  ['a model without options', () => new Sequential([dense()], none), RangeError, /^Sequential: inputShape is missing/],
  [
    'a model of objects',
    () => new Sequential([{} as never], { inputShape: [1] }),
    TypeError,
    /layer at position 0, got an object/,
  ],
  [
    'a model of names',
    () => new Sequential([dense(), 'dense' as never], { inputShape: [1] }),
    TypeError,
    /layer at position 1, got the string 'dense'/,
  ],
];

describe('what types forbid says so, too', () => {
  it.each(misuses)('%s', (_what, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
