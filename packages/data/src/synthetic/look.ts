import type { RandomStream } from '@weft/core';
import { between, chance, choose } from './choice.js';
import type { Pattern } from './textures.js';

/** The colours of one garment, each a brightness from 0 to 1. */
export interface Look {
  shade: number;
  /** Seams, buttons and hems: always to be told from the shade. */
  detail: number;
  /** A second colour: prints, soles, sleeves. */
  accent: number;
  /** The inner side, seen in the shadow of a neckline. */
  inside: number;
  pattern: Pattern;
  /** Brightness of the pattern's second colour, as a factor of the shade. */
  contrast: number;
}

/** Draws the colours: most garments are bright, some grey, a few dark. */
export function drawLook(random: RandomStream, patterns: readonly (readonly [Pattern, number])[]): Look {
  const [low, high] = choose(random, [
    [[0.7, 0.97], 6],
    [[0.42, 0.7], 3],
    [[0.22, 0.38], 1.5],
  ] as const);
  const shade = between(random, low, high);
  const dark = shade < 0.45;
  return {
    shade,
    detail: dark ? shade + between(random, 0.2, 0.4) : shade * between(random, 0.4, 0.65),
    accent: dark || chance(random, 0.3) ? between(random, 0.75, 1) : shade * between(random, 0.3, 0.6),
    inside: shade * 0.4,
    pattern: choose(random, patterns),
    contrast: dark ? between(random, 1.5, 2.4) : between(random, 0.35, 0.75),
  };
}
