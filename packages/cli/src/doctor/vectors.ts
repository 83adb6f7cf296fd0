import { useVectors, type WideVectors, wideVectors } from '@weft/pool';
import type { Examination } from './examination.js';

/** How wide vectors are, why they are not wider, and what would make them so. */
export function vectors(): Examination {
  return describeVectors(useVectors(), wideVectors());
}

/** @param bits that are in use */
export function describeVectors(bits: 128 | 256, { processor, isNodeNewEnough, obstacle }: WideVectors): Examination {
  const reason = bits === 256 ? undefined : (obstacle ?? 'that is what was asked for');
  const isUnknown = processor === undefined ? ' Whether the processor has AVX2, which it takes, is not known.' : '';
  const advice =
    obstacle !== undefined && !isNodeNewEnough && processor !== false
      ? ' Node 24 or later trains about 1.6 times faster on this processor.'
      : '';
  return {
    text: `${bits} bits${reason === undefined ? '' : `: ${reason}`}.${advice}${isUnknown}`,
    facts: { bits, reason: reason ?? null, avx2: processor ?? null, newerNodeIsFaster: advice !== '' },
    findings: [],
  };
}
