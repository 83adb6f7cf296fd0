import type { RandomStream } from '@weft/core';
import { between, chance, choose } from './choice.js';
import type { Look } from './look.js';
import type { Canvas } from './rasteriser.js';
import { drawArmholes, drawSleeves, drawTorso, neckline, type Torso } from './torso.js';

/** A print on the chest: a box, a badge, lines of writing or a small mark. */
function drawPrint(canvas: Canvas, look: Look, random: RandomStream): void {
  const kind = choose(random, [
    ['box', 2],
    ['badge', 2],
    ['writing', 3],
    ['mark', 2],
  ] as const);
  const y = between(random, 8.5, 11);
  const half = between(random, 2.2, 4);
  if (kind === 'box') {
    const height = between(random, 3, 6);
    canvas.outline([
      [-half, y],
      [half, y],
      [half, y + height],
      [-half, y + height],
    ]);
  } else if (kind === 'badge') canvas.disc(0, y + half * 0.8, half, half * between(random, 0.7, 1));
  else if (kind === 'mark') canvas.disc(between(random, 2.4, 3.4), y - 1, 0.9);
  else {
    const lines = 1 + random.integer(2);
    for (let i = 0; i < lines; i++) {
      for (let x = -half; x < half; ) {
        const end = Math.min(half, x + between(random, 0.7, 1.8));
        canvas.line(
          [
            [x, y + 2.4 * i],
            [end, y + 2.4 * i],
          ],
          1.4,
        );
        x = end + 0.6;
      }
    }
  }
  canvas.fill(look.accent, true);
}

export function tShirt(canvas: Canvas, look: Look, random: RandomStream): void {
  const chest = between(random, 6, 7.6);
  const torso: Torso = {
    top: between(random, 1, 2),
    neck: between(random, 2.6, 4.2),
    depth: between(random, 1.4, 3.4),
    pointed: chance(random, 0.25),
    shoulder: chest + between(random, 0.2, 0.9),
    chest,
    waist: chest - between(random, 0, 1),
    hem: chest + between(random, -0.3, 0.6),
    slope: between(random, 1.2, 2),
    armpit: between(random, 9, 10.2),
    bottom: between(random, 25.5, 27),
    tail: 0.3,
  };
  const cuff = {
    x: between(random, 10.8, 12.6),
    y: between(random, 7.6, 10),
    width: between(random, 2.2, 3),
    rise: 1.6,
  };
  const contrasting = chance(random, 0.15);
  drawSleeves(canvas, torso, cuff, contrasting ? look.accent : look.shade * 0.92);
  canvas.bothLines(
    [
      [cuff.x, cuff.y],
      [cuff.x - cuff.width, cuff.y + cuff.rise],
    ],
    0.7,
  );
  canvas.fill(look.detail, true);
  drawTorso(canvas, look, torso);
  drawArmholes(canvas, look, torso, 0.5);
  canvas.bothLines(neckline(torso), between(random, 0.6, 1));
  canvas.fill(look.detail, true);
  if (look.pattern === 'plain' ? chance(random, 0.6) : chance(random, 0.1)) drawPrint(canvas, look, random);
}

export function pullover(canvas: Canvas, look: Look, random: RandomStream): void {
  const chest = between(random, 6.3, 7.3);
  const collar = choose(random, [
    ['crew', 4],
    ['roll', 3],
    ['pointed', 3],
  ] as const);
  const torso: Torso = {
    top: collar === 'roll' ? 3.6 : between(random, 1.4, 2.2),
    neck: between(random, 2.4, 3.2),
    depth: collar === 'pointed' ? between(random, 4, 6) : between(random, 0.8, 1.6),
    pointed: collar === 'pointed',
    shoulder: chest + between(random, 0.2, 0.8),
    chest,
    waist: chest,
    hem: chest + between(random, -0.6, 0.2),
    slope: between(random, 1.3, 2),
    armpit: between(random, 9.4, 10.6),
    bottom: between(random, 24.6, 26.4),
    tail: 0,
  };
  const { top, neck, hem, bottom } = torso;
  const cuff = {
    x: between(random, 11.6, 12.9),
    y: between(random, 23.5, 25),
    width: between(random, 2.6, 3.1),
    rise: 0.6,
  };
  drawSleeves(canvas, torso, cuff, look.shade * 0.9);
  canvas.both([
    [cuff.x - 0.1, cuff.y - 2],
    [cuff.x - 0.1, cuff.y + 0.2],
    [cuff.x - cuff.width + 0.2, cuff.y + 0.8],
    [cuff.x - cuff.width + 0.2, cuff.y - 1.6],
  ]);
  canvas.fill(look.detail);
  if (collar === 'roll') {
    canvas.symmetric([
      [0, 0.8],
      [neck - 0.3, 0.8],
      [neck + 0.4, top + 1.6],
      [0, top + 2.2],
    ]);
    canvas.fill(look.shade * 0.85);
  }
  drawTorso(canvas, look, { ...torso, depth: collar === 'roll' ? 0.5 : torso.depth });
  drawArmholes(canvas, look, torso, 0.6);
  const band = between(random, 2, 2.8);
  canvas.symmetric([
    [0, bottom - band],
    [hem + 0.1, bottom - band],
    [hem - 0.3, bottom + 0.2],
    [0, bottom + 0.2],
  ]);
  canvas.fill(look.detail);
  // Ribs of the band, in the shade of the body.
  for (let x = 0.7; x < hem - 0.4; x += 1.6)
    canvas.bothLines(
      [
        [x, bottom - band],
        [x, bottom],
      ],
      0.55,
    );
  canvas.fill(look.shade, true);
  if (collar === 'roll') {
    canvas.symmetric([
      [0, 2.4],
      [neck, 2.2],
      [neck + 0.4, 3.1],
      [0, 3.4],
    ]);
    canvas.fill(look.detail);
  } else {
    canvas.bothLines(neckline(torso), 1.2);
    canvas.fill(look.detail, true);
  }
}
