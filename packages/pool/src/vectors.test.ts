import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WorkerPool } from './pool.js';
import { decideVectorBits, type VectorFacts, wideVectors } from './vectors.js';

const FLAG = '--experimental-wasm-revectorize';
const capable: VectorFacts = {
  arch: 'x64',
  nodeVersion: '24.1.0',
  cpuInfo: 'processor\t: 0\nflags\t\t: fpu sse4_2 avx avx2 bmi1\n',
  execArgv: [],
  environment: {},
};
const incapable: readonly (readonly [string, Partial<VectorFacts>])[] = [
  ['the engine packs vectors on x64 alone, and this is arm64', { arch: 'arm64' }],
  ['this processor has no AVX2', { cpuInfo: 'flags : fpu avx\nmodel name : an avx2 in name\n' }],
  ['this is Node 22.12.0', { nodeVersion: '22.12.0' }],
  ['this is Node 20.19.0', { nodeVersion: '20.19.0', cpuInfo: undefined }],
];

describe('vectors of 256 bits', () => {
  it.each(incapable)('cannot be: %s', (obstacle, facts) => {
    const machine = { ...capable, ...facts };
    expect(wideVectors(machine).obstacle).toContain(obstacle);
    expect(() => decideVectorBits('256', machine)).toThrow(RangeError);
    expect(() => decideVectorBits('256', machine)).toThrow(`simd: got '256', but ${obstacle}`);
    for (const execArgv of [[], [FLAG]]) {
      expect(decideVectorBits('auto', { ...machine, execArgv }, true)).toBe(128);
    }
  });

  it('are where they are asked for, where the process is the own, or was started with the flag', () => {
    expect(decideVectorBits('256', capable)).toBe(256);
    expect(decideVectorBits('auto', capable, true)).toBe(256);
    expect(decideVectorBits('auto', { ...capable, execArgv: ['--import', 'x', FLAG] })).toBe(256);
    expect(decideVectorBits(undefined, { ...capable, execArgv: [FLAG.replaceAll('-', '_').replace('__', '--')] })).toBe(
      256,
    );
    expect(decideVectorBits('auto', capable)).toBe(128);
    expect(decideVectorBits('128', { ...capable, execArgv: [FLAG] }, true)).toBe(128);
    expect(decideVectorBits('auto', { ...capable, execArgv: [FLAG, '--no-experimental-wasm-revectorize'] })).toBe(128);
  });

  it('are taken where the processor is not known, for there the engine looks', () => {
    const unknown = { ...capable, cpuInfo: undefined };
    expect(wideVectors(unknown)).toEqual({ processor: undefined, isNodeNewEnough: true, obstacle: undefined });
    expect(decideVectorBits('256', unknown)).toBe(256);
  });

  it('follow the environment where nothing else is said', () => {
    const set = (WEFT_SIMD: string) => ({ ...capable, environment: { WEFT_SIMD } });
    expect(decideVectorBits(undefined, set('256'))).toBe(256);
    expect(decideVectorBits(undefined, set('128'), true)).toBe(128);
    expect(decideVectorBits('256', set('128'))).toBe(256);
    expect(decideVectorBits(undefined, set(''), true)).toBe(256);
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        fc.pre(!['auto', '128', '256'].includes(text));
        expect(() => decideVectorBits(undefined, set(text))).toThrow(/WEFT_SIMD is '.*expected auto, 256 or 128/s);
      }),
    );
  });
});

it('a pool says how wide it is, and refuses a width that cannot be', async () => {
  const pool = await WorkerPool.create({ threads: 1, simd: '128' });
  expect(pool.vectorBits).toBe(128);
  await pool.close();
  await expect(WorkerPool.create({ simd: '512' as never })).rejects.toThrow(
    "WorkerPool.create: simd: got '512'; expected 'auto', '256' or '128'",
  );
  const wide = WorkerPool.create({ threads: 1, simd: '256' });
  if (wideVectors().obstacle === undefined) await (await wide).close();
  else await expect(wide).rejects.toThrow("simd: got '256', but");
});
