import type { RandomStream } from '@weft/core';
import { between } from './choice.js';
import { SIDE } from './rasteriser.js';

export type Pattern = 'plain' | 'bands' | 'pinstripes' | 'check' | 'dots' | 'print' | 'halves';

const LATTICE = 16;
// Working memory: a data set weaves tens of thousands of cloths.
const lattice = new Float64Array(LATTICE * LATTICE);
const cells = new Int32Array(SIDE);
const blends = new Float64Array(SIDE);
const noise = new Float64Array(SIDE * SIDE);

/** How much of a pixel a stripe covers: 1 inside, 0 outside, and a ramp of about one pixel between. */
function stripe(position: number, period: number, share: number): number {
  const phase = position / period;
  const distance = Math.abs(phase - Math.floor(phase) - 0.5) * period;
  return Math.min(1, Math.max(0, (share * period) / 2 - distance + 0.5));
}

/**
 * Value noise: random numbers in [-1, 1) on a square lattice, joined smoothly.
 *
 * Leaves one number a pixel in `noise`, row by row.
 *
 * @param spacing pixels between lattice points, at least 2
 */
function smoothNoise(random: RandomStream, spacing: number): void {
  const points = Math.floor((SIDE - 1) / spacing) + 2;
  for (let i = 0; i < points * points; i++) lattice[i] = 2 * random.uniform() - 1;
  for (let x = 0; x < SIDE; x++) {
    const cell = Math.floor(x / spacing);
    const t = x / spacing - cell;
    cells[x] = cell;
    blends[x] = t * t * (3 - 2 * t);
  }
  for (let y = 0; y < SIDE; y++) {
    const row = cells[y]! * points;
    for (let x = 0; x < SIDE; x++) {
      const corner = row + cells[x]!;
      const aboveLeft = lattice[corner]!;
      const belowLeft = lattice[corner + points]!;
      const above = aboveLeft + blends[x]! * (lattice[corner + 1]! - aboveLeft);
      const below = belowLeft + blends[x]! * (lattice[corner + points + 1]! - belowLeft);
      noise[y * SIDE + x] = above + blends[y]! * (below - above);
    }
  }
}

function applyPattern(cloth: Float64Array, random: RandomStream, pattern: Pattern, contrast: number): void {
  const tint = (pixel: number, amount: number) => {
    cloth[pixel]! *= 1 + amount * (contrast - 1);
  };
  const everywhere = (amount: (x: number, y: number) => number) => {
    for (let y = 0; y < SIDE; y++) for (let x = 0; x < SIDE; x++) tint(y * SIDE + x, amount(x, y));
  };
  const offset = between(random, 0, 8);
  if (pattern === 'bands') {
    const period = between(random, 3, 7);
    const share = between(random, 0.3, 0.6);
    everywhere((_x, y) => stripe(y + offset, period, share));
  } else if (pattern === 'pinstripes') {
    const period = between(random, 2.6, 5);
    const share = between(random, 0.25, 0.45);
    everywhere((x) => stripe(x + offset, period, share));
  } else if (pattern === 'check') {
    const period = between(random, 3.5, 6.5);
    const share = between(random, 0.3, 0.5);
    everywhere((x, y) => (stripe(x + offset, period, share) + stripe(y + offset, period, share)) / 2);
  } else if (pattern === 'dots') {
    const period = between(random, 3.2, 5);
    everywhere((x, y) => {
      const shift = Math.floor((y + offset) / period) % 2 === 0 ? 0 : period / 2;
      return stripe(x + shift, period, 0.35) * stripe(y + offset, period, 0.35);
    });
  } else if (pattern === 'print') {
    const threshold = between(random, -0.2, 0.25);
    smoothNoise(random, between(random, 2, 3.2));
    for (let i = 0; i < noise.length; i++) tint(i, Math.min(1, Math.max(0, (noise[i]! - threshold) * 4 + 0.5)));
  } else if (pattern === 'halves') {
    const edge = between(random, 9, 17);
    everywhere((_x, y) => Math.min(1, Math.max(0, y - edge)));
  }
}

/**
 * Fills a cloth with factors about 1: a pattern, soft folds and the grain of the weave.
 *
 * @param cloth    one factor a pixel, row by row
 * @param contrast factor of the pattern's second colour, below 1 for darker and above 1 for brighter
 */
export function weave(cloth: Float64Array, random: RandomStream, pattern: Pattern, contrast: number): void {
  const folds = between(random, 0.04, 0.16);
  smoothNoise(random, between(random, 5, 8));
  for (let i = 0; i < cloth.length; i++) cloth[i] = 1 + folds * noise[i]!;
  if (pattern !== 'plain') applyPattern(cloth, random, pattern, contrast);
  const grain = between(random, 0.01, 0.05);
  for (let pixel = 0; pixel < cloth.length; pixel += 4) {
    const word = random.uint32();
    for (let k = 0; k < 4; k++) cloth[pixel + k]! *= 1 + grain * (((word >>> (8 * k)) & 0xff) / 127.5 - 1);
  }
}
