import { setFlagsFromString } from 'node:v8';
import { defaultKernels, hasRelaxedSimd, hasSimd } from '@weft/core/program';
import type { Examination } from './examination.js';

const RELAXED = '--experimental-wasm-relaxed-simd';

export function simd(): Examination {
  const has = hasSimd();
  const relaxed = relaxedSimd();
  const shown = { yes: 'there', flag: `behind the flag ${RELAXED}, which --fast-math sets`, no: 'not there' }[relaxed];
  const finding = {
    problem: 'This Node has no WebAssembly SIMD: the reference kernels in TypeScript compute, a hundred times slower.',
    advice: 'Use another build of Node, or a processor with SSE4.1 or NEON; do not start Node with --jitless.',
  };
  return {
    text: `${has ? 'there' : 'not there'}; relaxed SIMD, for --fast-math, is ${shown}`,
    facts: { simd: has, relaxedSimd: relaxed },
    findings: has ? [] : [finding],
  };
}

/** Whether there is relaxed SIMD, after the flag of Node 20 if need be: this process computes nothing with it. */
function relaxedSimd(): 'yes' | 'flag' | 'no' {
  if (hasRelaxedSimd()) return 'yes';
  setFlagsFromString(RELAXED);
  return hasRelaxedSimd() ? 'flag' : 'no';
}

export function node(): Examination {
  const { node: version, v8 } = process.versions;
  const platform = `${process.platform} ${process.arch}`;
  return { text: `${version}, V8 ${v8}, ${platform}`, facts: { version, v8, platform }, findings: [] };
}

/** Which kernels will compute, and why. */
export function chosenKernels(): Examination {
  const kernels = hasSimd() ? defaultKernels() : 'reference';
  const text = kernels === 'wasm' ? 'emitted, since there is WebAssembly SIMD' : 'reference, since there is no SIMD';
  return { text, facts: { chosen: kernels }, findings: [] };
}
