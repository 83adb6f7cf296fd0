import { afterEach, expect, it, vi } from 'vitest';
import { sha256Hex } from './sha256.js';

afterEach(() => vi.unstubAllGlobals());

/** FIPS 180-2, appendix B.1. */
const OF_ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

it.each([
  ['in Node', process],
  ['in a browser', undefined],
])('%s, gives the digits of the standard', (_, surroundings) => {
  vi.stubGlobal('process', surroundings);
  expect(sha256Hex(new TextEncoder().encode('abc'))).toBe(OF_ABC);
});
