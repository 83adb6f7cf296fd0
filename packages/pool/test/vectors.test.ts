import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { vectorFacts, wideVectors } from '../src/vectors.js';

const PROGRAM = fileURLToPath(new URL('./support/vectors.mjs', import.meta.url));
const node24 = process.env.WEFT_NODE_24;

/** What a program prints that trains with pools of several widths. */
async function printed(node: string, flags: readonly string[], simd: string, WEFT_SIMD = '') {
  const child = spawn(node, [...flags, PROGRAM, simd], { env: { ...process.env, NODE_OPTIONS: '', WEFT_SIMD } });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  await once(child, 'close');
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

it.skipIf(!node24 || wideVectors({ ...vectorFacts(), nodeVersion: '24.0.0' }).obstacle)(
  'on Node 24 (skipped without WEFT_NODE_24 and AVX2) the width follows flag, environment and option, and the bits none of them',
  async () => {
    const node = node24 as string;
    const flag = '--experimental-wasm-revectorize';
    const { weights } = await printed(process.execPath, [], 'auto');
    expect(await printed(node, [], 'auto')).toEqual({ vectorBits: 128, weights });
    expect(await printed(node, [flag], 'auto')).toEqual({ vectorBits: 256, weights });
    expect(await printed(node, [], 'auto', '256')).toEqual({ vectorBits: 256, weights });
    expect(await printed(node, [], '256')).toEqual({ vectorBits: 256, weights });
    expect(await printed(node, [flag], '128', '256')).toEqual({ vectorBits: 128, weights });
  },
);
