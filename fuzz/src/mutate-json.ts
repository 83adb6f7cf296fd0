import type { RandomStream } from '@weft/core';
import { between, HOSTILE_TEXTS, happens, pick } from './mutate.js';

type Container = Record<string | number, unknown>;

/** Deeper than any recursion goes. */
const DEEP = 20_000;

/** A piece of JSON that stands for itself: what JSON.stringify cannot write, such as 1e400 or very deep arrays. */
class Raw {
  constructor(readonly text: string) {}
}

const RAW_TEXTS: readonly string[] = [
  '1e400',
  '-0',
  '1152921504606846976',
  '9007199254740993',
  '1e-400',
  '['.repeat(DEEP) + ']'.repeat(DEEP),
  `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`,
  `[${'0,'.repeat(5000)}0]`,
  '{"__proto__":{"polluted":true}}',
];

/** Something that does not belong where it is put. */
function hostileValue(random: RandomStream): unknown {
  const kind = random.integer(8);
  if (kind === 0) return new Raw(pick(random, RAW_TEXTS));
  if (kind <= 2) return pick(random, HOSTILE_TEXTS);
  if (kind <= 4)
    return pick(random, [0, -1, 0.5, 1, 2, 255, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 60, 1e308, -1e308]);
  return pick<unknown>(random, [null, true, false, [], {}, [[]], [null], [2 ** 53 - 1, 2 ** 53 - 1, 0]]);
}

/** All objects and arrays of a tree. */
function containers(value: unknown): Container[] {
  if (typeof value !== 'object' || value === null || value instanceof Raw) return [];
  return [value as Container, ...Object.values(value).flatMap(containers)];
}

function changeOnce(root: { value: unknown }, random: RandomStream): void {
  const parents = containers(root);
  const parent = parents[random.integer(parents.length)];
  const keys = Object.keys(parent);
  const key = keys.length === 0 ? 'added' : pick(random, keys);
  const what = random.integer(6);
  if (what === 0 && parent !== (root as unknown as Container)) {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  } else if (what === 1 && Array.isArray(parent)) parent.push(hostileValue(random));
  else if (what === 1 && parent !== (root as unknown as Container))
    define(parent, pick(random, HOSTILE_TEXTS), hostileValue(random));
  else if (what === 2 && typeof parent[key] === 'number')
    define(parent, key, (parent[key] as number) + pick(random, [-1, 1, 0.5, 2 ** 40]));
  else define(parent, key, hostileValue(random));
}

/** As an own property, `__proto__` too. */
function define(parent: Container, key: string, value: unknown): void {
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}

function write(value: unknown, random: RandomStream, repeats: boolean): string {
  if (value instanceof Raw) return value.text;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map((each) => write(each, random, repeats)).join()}]`;
  const members = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}:${write(each, random, repeats)}`);
  if (repeats && members.length > 0 && happens(random, 0.3)) members.push(pick(random, members));
  return `{${members.join()}}`;
}

/**
 * The text of a JSON value with one to three things changed: values of other kinds, numbers at the ends, hostile
 * texts, members left out, added or there twice, arrays too deep to recurse into.
 */
export function mutateJson(value: unknown, random: RandomStream): string {
  const root = { value: structuredClone(value) };
  for (let times = between(random, 1, 3); times > 0; times--) changeOnce(root, random);
  return write(root.value, random, happens(random, 0.1));
}
