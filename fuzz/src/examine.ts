import { isDeepStrictEqual } from 'node:util';
import { RandomStream } from '@weft/core';
import { Broken, type Drawn, type Target } from './target.js';

const MEBIBYTE = 2 ** 20;
/** Reads of smaller pieces of an input that broke a law, to find a small one that breaks it, too. */
const MINIMISING_READS = 300;

/** What came of an input. */
export interface Outcome {
  /** The law that was broken; undefined if none was. */
  readonly fault: string | undefined;
  readonly accepted: boolean;
  /** CPU time of the whole process, which counts nothing that other processes do. */
  readonly seconds: number;
  /** Bytes that were allocated and not yet collected when the reader was done. */
  readonly allocated: number;
}

/** The input of a number: the same for the same seed. */
export const drawn = (target: Target, seed: number, index: number): Drawn =>
  target.draw(new RandomStream(seed, 0x46555a5a, index));

const allowed = (target: Target, bytes: Uint8Array): number =>
  target.allowance?.(bytes) ?? 64 * bytes.length + 4 * MEBIBYTE;

function allocated(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The law that an error breaks, if it does. */
function faultOf(target: Target, error: unknown, expected: unknown): string | undefined {
  const shown = error instanceof Error ? `${error.name}: ${error.message.slice(0, 300)}` : String(error);
  if (error instanceof Broken || !target.isLawful(error)) return `threw ${shown}`;
  return expected === undefined ? undefined : `refused a good input: ${shown}`;
}

/**
 * Hands an input to its reader and looks whether the laws were kept.
 *
 * @param longest seconds of CPU time that the reader may take
 */
export async function examine(target: Target, { bytes, expected }: Drawn, longest: number): Promise<Outcome> {
  let fault: string | undefined;
  let accepted = false;
  let grown = 0;
  // A copy: a reader that changes what it is given breaks a law of its own.
  const given = bytes.slice();
  const before = allocated();
  const began = process.cpuUsage();
  const measure = () => {
    grown = Math.max(0, allocated() - before);
  };
  try {
    const value = await target.read(given);
    measure();
    accepted = true;
    target.use?.(value);
    if (expected !== undefined && !isDeepStrictEqual(value, expected)) fault = 'read something else than was written';
  } catch (error) {
    if (!accepted) measure();
    fault = faultOf(target, error, expected);
  }
  const { user, system } = process.cpuUsage(began);
  const seconds = (user + system) / 1e6;
  if (seconds > longest) fault ??= `took ${seconds.toFixed(2)} s`;
  if (grown > allowed(target, bytes)) fault ??= `allocated ${grown} bytes for ${bytes.length}`;
  if (Buffer.compare(given, bytes) !== 0) fault ??= 'changed its input';
  if (Object.hasOwn(Object.prototype, 'polluted')) fault ??= 'changed the prototype of all objects';
  return { fault, accepted, seconds, allocated: grown };
}

/** What two faults of one cause have in common: how they begin. */
const kindOf = (fault: string | undefined) => fault?.slice(0, 24);

/** A part of an input that breaks the law in the same way, as small as a few tries find it. */
export async function minimised(
  target: Target,
  bytes: Uint8Array,
  fault: string,
  longest: number,
): Promise<Uint8Array> {
  let smallest = bytes;
  let reads = 0;
  for (let size = bytes.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at + size <= smallest.length && reads < MINIMISING_READS; reads++) {
      const without = new Uint8Array(Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + size)]));
      const outcome = await examine(target, { bytes: without }, longest);
      if (kindOf(outcome.fault) === kindOf(fault)) smallest = without;
      else at += size;
    }
  }
  return smallest;
}
