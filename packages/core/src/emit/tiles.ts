/** How a matrix product is cut into register tiles, and how their inner loop is written. No bit depends on it. */
export interface MatmulTiles {
  /** Columns of a panel of the right factor: 16, 12 or 8. What is left over goes into a narrower panel. */
  readonly panel: 8 | 12 | 16;
  /** Rows of a tile, by its columns: together they fill the vector registers and no more. */
  readonly rows: Readonly<Record<4 | 8 | 12 | 16, number>>;
  /** Steps of the inner length in a round of the loop. */
  readonly unroll: 1 | 2 | 4;
  /** Whether a branch that is never taken stands between two steps, so that the compiler does not move loads ahead. */
  readonly fence: boolean;
}

/** Bits of the registers that the engine computes in: it may pack two operations of 128 bits into one of 256. */
export type VectorBits = 128 | 256;

/** The tiles that were fastest: two roundings and one, which have other latencies and ports, and registers by width. */
export const TILES: Readonly<Record<'exact' | 'relaxed', Readonly<Record<VectorBits, MatmulTiles>>>> = {
  exact: {
    128: { panel: 16, rows: { 16: 2, 12: 3, 8: 4, 4: 4 }, unroll: 2, fence: true },
    256: { panel: 16, rows: { 16: 4, 12: 3, 8: 4, 4: 4 }, unroll: 2, fence: true },
  },
  relaxed: {
    128: { panel: 12, rows: { 16: 2, 12: 3, 8: 4, 4: 4 }, unroll: 2, fence: true },
    256: { panel: 16, rows: { 16: 6, 12: 3, 8: 4, 4: 4 }, unroll: 2, fence: true },
  },
};
