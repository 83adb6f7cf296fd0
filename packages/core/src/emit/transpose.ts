import type { FunctionBuilder, Local } from './assembler.js';
import { keep } from './pairs.js';

/** Transposes four by four numbers; pitches are the bytes from row to row. */
export function transposeBlock(f: FunctionBuilder, from: Local, fromPitch: number, to: Local, toPitch: number): void {
  const [r0, r1, r2, r3] = [0, 1, 2, 3].map((row) => keep(f, (g) => g.get(from).load('vector', row * fromPitch)));
  const shuffled = (a: Local, b: Local, lanes: readonly number[]) => keep(f, (g) => g.get(a).get(b).shuffle(lanes));
  const [low, high] = [
    [0, 4, 1, 5],
    [2, 6, 3, 7],
  ].map((lanes) => [shuffled(r0, r1, lanes), shuffled(r2, r3, lanes)]);
  [low, high].forEach(([a, b], half) => {
    f.storeLocal(to, shuffled(a, b, [0, 1, 4, 5]), 'vector', 2 * half * toPitch);
    f.storeLocal(to, shuffled(a, b, [2, 3, 6, 7]), 'vector', (2 * half + 1) * toPitch);
  });
}
