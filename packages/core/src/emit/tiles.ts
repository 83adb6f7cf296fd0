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

/** Bits of a processor's vector registers that kernels are written for. */
export type VectorBits = 128 | 256;

/** The tiles that were fastest: two roundings and one have other latencies and ports, wide registers hold more. */
const TILES: Readonly<Record<'exact' | 'relaxed', Readonly<Record<VectorBits, MatmulTiles>>>> = {
  exact: {
    128: { panel: 16, rows: { 16: 2, 12: 3, 8: 4, 4: 4 }, unroll: 2, fence: true },
    256: { panel: 16, rows: { 16: 5, 12: 4, 8: 8, 4: 8 }, unroll: 4, fence: true },
  },
  relaxed: {
    128: { panel: 16, rows: { 16: 2, 12: 3, 8: 4, 4: 4 }, unroll: 1, fence: false },
    256: { panel: 16, rows: { 16: 6, 12: 4, 8: 8, 4: 8 }, unroll: 2, fence: true },
  },
};

/** How kernels are written. */
export interface EmitOptions {
  /** Whether relaxed instructions may be used. Default false. */
  readonly fastMath?: boolean;
  /**
   * Bits of the registers that kernels are written for. 256 pays where the engine makes one instruction of two, as V8
   * does with a flag; no bit of a result depends on it. Default 128.
   */
  readonly vectorBits?: VectorBits;
  /** How matrix products are cut into tiles: for measurements. Default: the fastest known. */
  readonly tiles?: MatmulTiles;
}

/** How products are cut under some options. */
export function tilesOf({ fastMath = false, vectorBits = 128, tiles }: EmitOptions): MatmulTiles {
  return tiles ?? TILES[fastMath ? 'relaxed' : 'exact'][vectorBits];
}
