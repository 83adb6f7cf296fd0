import type { RandomStream } from '@weft/core';

/** One of the values, each as likely as any other. */
export function pick<Value>(random: RandomStream, values: readonly Value[]): Value {
  return values[random.integer(values.length)];
}

/** Whether something happens that does with the given probability. */
export const happens = (random: RandomStream, probability: number): boolean => random.uniform() < probability;

/** A whole number from `low` to `high`, both among them. */
export const between = (random: RandomStream, low: number, high: number): number =>
  low + random.integer(high - low + 1);

/** Bytes at random. */
export const noise = (random: RandomStream, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => random.integer(256));

/** Numbers at which readers trip: the ends of integers, and what is just beyond. */
const EDGES: readonly bigint[] = [
  ...[0n, 1n, 2n, 7n, 8n, 255n, 256n],
  ...[2n ** 16n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n],
  ...[2n ** 53n - 1n, 2n ** 53n, 2n ** 60n, 2n ** 63n, 2n ** 64n - 1n],
];

/** Pieces of text at which readers of text trip. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  '__proto__',
  'constructor',
  'toString',
  '../../../../etc/passwd',
  '/etc/passwd',
  'a\u0000b',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='alert(1)",
  ']]>',
  '&lt;',
  '\u001b[2J\u009b31m',
  '\ud800',
  '\u202e',
  'é'.repeat(300),
  'NaN',
  '{{1}}',
];

const FRAGMENTS: readonly string[] = [
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  '"',
  '\\',
  'null',
  '-1',
  '1e400',
  '1152921504606846976',
  '[['.repeat(200),
];

type Mutation = (bytes: Uint8Array, random: RandomStream) => Uint8Array;

const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** Something else in place of `length` bytes at a place. */
const replaced = (bytes: Uint8Array, at: number, length: number, by: Uint8Array): Uint8Array =>
  joined(bytes.subarray(0, at), by, bytes.subarray(at + length));

function edgeNumber(random: RandomStream): Uint8Array {
  const bytes = new Uint8Array(8);
  const width = pick(random, [1, 2, 4, 8]);
  new DataView(bytes.buffer).setBigUint64(0, pick(random, EDGES), true);
  const number = bytes.slice(0, width);
  return happens(random, 0.5) ? number : number.reverse();
}

const MUTATIONS: readonly Mutation[] = [
  // One bit turned round.
  (bytes, random) => {
    const changed = bytes.slice();
    if (changed.length > 0) changed[random.integer(changed.length)] ^= 1 << random.integer(8);
    return changed;
  },
  // One byte for another.
  (bytes, random) => replaced(bytes, random.integer(bytes.length + 1), 1, noise(random, 1)),
  // A number of the dangerous ones, over what was there or between.
  (bytes, random) => {
    const number = edgeNumber(random);
    return replaced(bytes, random.integer(bytes.length + 1), happens(random, 0.8) ? number.length : 0, number);
  },
  // The same near the beginning, where headers are.
  (bytes, random) => {
    const number = edgeNumber(random);
    return replaced(bytes, random.integer(Math.min(bytes.length, 16) + 1), number.length, number);
  },
  // Cut short.
  (bytes, random) => bytes.slice(0, random.integer(bytes.length + 1)),
  // Something behind the end.
  (bytes, random) => joined(bytes, noise(random, between(random, 1, 16))),
  // A piece left out, or there twice.
  (bytes, random) => replaced(bytes, random.integer(bytes.length + 1), between(random, 1, 16), new Uint8Array(0)),
  (bytes, random) => {
    const from = random.integer(bytes.length + 1);
    return replaced(bytes, from, 0, bytes.subarray(from, from + between(random, 1, 64)));
  },
  // Text where there may be none.
  (bytes, random) => {
    const text = happens(random, 0.5) ? pick(random, FRAGMENTS) : pick(random, HOSTILE_TEXTS);
    return replaced(bytes, random.integer(bytes.length + 1), random.integer(4), new TextEncoder().encode(text));
  },
];

/** The bytes with one to four things changed. */
export function mutate(bytes: Uint8Array, random: RandomStream): Uint8Array {
  let changed = bytes;
  for (let times = between(random, 1, 4); times > 0; times--) changed = pick(random, MUTATIONS)(changed, random);
  return changed;
}
