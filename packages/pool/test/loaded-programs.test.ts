import { exp, placeholder } from '@weft/core';
import { compile, trace } from '@weft/core/program';
import { expect, it } from 'vitest';
import { WorkerPool } from '../src/index.js';

/** exp of eight numbers, from one segment to another. */
function compiledExp() {
  const { program } = trace([exp(placeholder({ shape: [8], dtype: 'float32' }, 'x'))]);
  const memory = { initial: 1, maximum: 65536, shared: true };
  return compile(program, {
    inputs: [{ segment: 1, offset: 0 }],
    outputs: [{ segment: 2, offset: 0 }],
    memory,
  });
}

it('loads a program once, and anew when the width of vectors has changed', async () => {
  await using pool = await WorkerPool.create({ threads: 1 });
  const compiled = compiledExp();
  const first = await pool.load('exp', compiled);
  expect(await pool.load('exp', compiled)).toBe(first);
  // As `useVectors` changes it, where the engine and the processor have both widths.
  Object.defineProperty(pool, 'vectorBits', { value: pool.vectorBits === 128 ? 256 : 128 });
  const second = await pool.load('exp', compiled);
  expect(second).not.toBe(first);
  expect(second.module).not.toBe(first.module);
  expect(await pool.load('exp', compiled)).toBe(second);
});
