/** Examples that a worker takes through forward and backward at a time: from `begin`, `count` of them. */
export interface Piece {
  readonly begin: number;
  readonly count: number;
}

/** Cuts a number of examples into pieces of a size; the last one holds what is left. */
export function piecesOf(examples: number, size: number): Piece[] {
  return Array.from({ length: Math.ceil(examples / size) }, (_, index) => ({
    begin: index * size,
    count: Math.min(size, examples - index * size),
  }));
}

/** The pieces that a lane sums up, in their order: an even share, by position, whatever the number of threads. */
export function piecesOfLane(pieces: readonly Piece[], lane: number, lanes: number): readonly Piece[] {
  return pieces.slice(Math.floor((lane * pieces.length) / lanes), Math.floor(((lane + 1) * pieces.length) / lanes));
}

/**
 * Bytes of activations that a piece may take: a second-level cache, and a little of the third. A constant, for the bits.
 */
const PIECE_BYTES = 9 * 2 ** 18;

/** Examples that a piece has at least: weights are read, and their gradients transformed, once a piece. */
const SMALLEST_PIECE = 2;

/** Largest piece, and lanes that a batch should make if it can, so that there is work for many threads. */
const LARGEST_PIECE = 64;
const WANTED_LANES = 32;

/**
 * Examples to a piece, by shapes alone: as many as fit into the caches, but no more than leave work for many threads.
 *
 * @param bytesOfOne memory that the program takes for each further example
 */
export function pieceSize(bytesOfOne: number, batchSize: number): number {
  const most = Math.min(LARGEST_PIECE, Math.max(SMALLEST_PIECE, PIECE_BYTES / bytesOfOne));
  // The power of two below, by bits: the last bits of a logarithm differ between engines.
  const fitting = 2 ** (31 - Math.clz32(most));
  const spread = Math.max(4, Math.ceil(batchSize / WANTED_LANES));
  return Math.min(batchSize, fitting, spread);
}

/** Bytes that the partial gradients of a batch may take in all. */
const LANE_BYTES = 64 * 2 ** 20;

/** Lanes of partial gradients: one a piece, unless the model is so large that they would not fit. */
export function laneCount(pieces: number, bytesOfLane: number): number {
  return Math.max(1, Math.min(pieces, Math.floor(LANE_BYTES / bytesOfLane)));
}
