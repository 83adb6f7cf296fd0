/**
 * Version of the bits that training gives: raised whenever the same model, examples and options train other bits.
 *
 * @example
 * NUMERICS_VERSION; // 4
 */
export const NUMERICS_VERSION = 4;
