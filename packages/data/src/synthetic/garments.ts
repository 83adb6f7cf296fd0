import type { RandomStream } from '@weft/core';
import { bag } from './bags.js';
import { dress, trouser } from './bottoms.js';
import { coat, shirt } from './buttoned.js';
import { pullover, tShirt } from './knitwear.js';
import type { Look } from './look.js';
import type { Canvas } from './rasteriser.js';
import { sandal } from './sandals.js';
import { ankleBoot, sneaker } from './shoes.js';
import type { Pattern } from './textures.js';

interface Garment {
  draw(canvas: Canvas, look: Look, random: RandomStream): void;
  /** How often each pattern occurs, in any unit. */
  patterns: readonly (readonly [Pattern, number])[];
}

/** The ten classes in the order of Fashion-MNIST's labels. */
export const GARMENTS: readonly Garment[] = [
  {
    draw: tShirt,
    patterns: [
      ['plain', 6],
      ['bands', 2.5],
      ['print', 1],
      ['halves', 0.8],
    ],
  },
  {
    draw: trouser,
    patterns: [
      ['plain', 8],
      ['pinstripes', 1.2],
      ['print', 0.8],
    ],
  },
  {
    draw: pullover,
    patterns: [
      ['plain', 5],
      ['bands', 3],
      ['halves', 1],
      ['dots', 0.5],
    ],
  },
  {
    draw: dress,
    patterns: [
      ['plain', 5],
      ['print', 2],
      ['dots', 1.5],
      ['bands', 1],
      ['halves', 0.8],
    ],
  },
  {
    draw: coat,
    patterns: [
      ['plain', 8],
      ['check', 1],
      ['print', 0.6],
    ],
  },
  {
    draw: sandal,
    patterns: [
      ['plain', 8],
      ['print', 1],
    ],
  },
  {
    draw: shirt,
    patterns: [
      ['plain', 4],
      ['check', 4],
      ['pinstripes', 2.5],
      ['dots', 1],
    ],
  },
  {
    draw: sneaker,
    patterns: [
      ['plain', 8],
      ['print', 0.7],
    ],
  },
  {
    draw: bag,
    patterns: [
      ['plain', 7],
      ['check', 0.7],
      ['print', 1],
      ['pinstripes', 0.7],
    ],
  },
  {
    draw: ankleBoot,
    patterns: [
      ['plain', 9],
      ['print', 0.5],
    ],
  },
];
