import type { Code, FunctionBuilder, Local, Width } from './assembler.js';

/**
 * Kernels are written for processors whose registers hold eight floats, although WebAssembly's hold four: V8 can make
 * one 256-bit instruction of two 128-bit ones (its flag `--experimental-wasm-revectorize`, for x64 with AVX2). What it
 * wants is here and in `FunctionBuilder`, and kernels only choose a width:
 *
 * - It starts at two stores side by side, of one address and two offsets. The address must be one value of the
 *   compiler, and not one that is computed for each store: it is a local (`keepAddress`, `storeLocal`).
 * - It follows the operands upwards. Both vectors of a pair must be computed by the same instructions from pairs:
 *   `set` writes the code of a pair twice. Calls and sums across lanes stop it.
 * - Nothing may stand between the two stores that may not be exchanged with one of them, such as a load. So all of a
 *   pair is loaded and computed before it is stored, and its two stores follow one another.
 *
 * No bit depends on it. Without the flag the same code runs on registers of four floats.
 */

/** Bytes that each width moves a pointer. */
export const WIDTH_BYTES: Readonly<Record<Width, number>> = { pair: 32, vector: 16, lane: 4 };

/** The kind of local that holds elements of a width. */
export const kindOf = (width: Width): Local['kind'] => (width === 'pair' ? 'pair' : 'v128');

/** The width of a local that holds floats, where it is full. */
export const widthOf = ({ kind }: Local): Width => (kind === 'pair' ? 'pair' : 'vector');

/** A new local that holds the value of a piece of code: a vector, or both of a pair. */
export function keep(f: FunctionBuilder, value: Code, width: Width = 'vector'): Local {
  const result = f.local(kindOf(width));
  f.set(result, value);
  return result;
}

/** A new local that holds an address, some bytes further. */
export function keepAddress(f: FunctionBuilder, pointer: Local, offset: number | Local = 0): Local {
  const address = f.local('i32');
  f.set(address, (g) => {
    g.get(pointer);
    if (typeof offset === 'number') g.i32(offset);
    else g.get(offset);
    g.op('add');
  });
  return address;
}

/** One vector of a pair. */
export function halfOf(pair: Local, half: 0 | 1): Local {
  return { kind: 'v128', index: pair.index + half };
}

/** How elements that lie side by side are taken: eight at a time, if pairs may be, then four, then one by one. */
export function widthsOf(
  count: number,
  widest: 'pair' | 'vector' = 'pair',
): { readonly width: Width; readonly times: number; readonly first: number }[] {
  const pairs = widest === 'pair' ? Math.floor(count / 8) : 0;
  const vectors = Math.floor(count / 4) - 2 * pairs;
  return [
    { width: 'pair' as const, times: pairs, first: 0 },
    { width: 'vector' as const, times: vectors, first: 8 * pairs },
    { width: 'lane' as const, times: count % 4, first: count - (count % 4) },
  ].filter(({ times }) => times > 0);
}
