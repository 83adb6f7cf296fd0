import type { RandomStream } from '@weft/core';
import { between, chance, choose } from './choice.js';
import type { Look } from './look.js';
import type { Canvas, Outline } from './rasteriser.js';

// All shoes stand sideways, the toe on the left.

/** Short lines across the tongue, from the ankle down to the toe. */
function drawLaces(
  canvas: Canvas,
  shade: number,
  from: readonly [number, number],
  to: readonly [number, number],
  count: number,
) {
  for (let i = 0; i < count; i++) {
    const t = i / (count - 1);
    const x = from[0] + (to[0] - from[0]) * t;
    const y = from[1] + (to[1] - from[1]) * t;
    canvas.line(
      [
        [x - 0.9, y - 0.6],
        [x + 1.4, y + 1],
      ],
      0.75,
    );
  }
  canvas.fill(shade, true);
}

export function sneaker(canvas: Canvas, look: Look, random: RandomStream): void {
  const ground = between(random, 20, 21.2);
  const sole = between(random, 1.6, 2.8);
  const seam = ground - sole;
  const ankle = ground - between(random, 9, 10.6);
  const tongue = between(random, 2.2, 4);
  const toe = between(random, 3, 4);
  canvas.outline([
    [12.2, seam + 0.5],
    [12.9, ankle + 3, 12.2, ankle + 0.6],
    [10.6, ankle + 0.2],
    [7.5, ankle + 3.4, tongue + 1.6, ankle + 0.4],
    [tongue - 0.3, ankle - 0.6],
    [-3, seam - toe - 0.6, -7.5, seam - toe + 0.3],
    [-12.2, seam - toe + 0.8, -12.6, seam + 0.5],
  ]);
  canvas.fill(look.shade);
  canvas.outline([
    [10.6, ankle + 0.6],
    [7.4, ankle + 2.2, tongue + 1.6, ankle + 0.8],
    [7.2, ankle + 4.6, 10.6, ankle + 0.6],
  ]);
  canvas.fill(look.inside, true);
  if (chance(random, 0.55)) {
    canvas.outline([
      [-7.2, seam - toe + 0.3],
      [-12.2, seam - toe + 0.8, -12.6, seam + 0.3],
      [-6.4, seam + 0.3],
      [-6, seam - 1.6, -7.2, seam - toe + 0.3],
    ]);
    canvas.fill(look.detail);
  }
  if (chance(random, 0.5)) {
    canvas.outline([
      [12.2, ankle + 0.8],
      [12.8, seam - 2, 12.3, seam],
      [8.8, seam],
      [9.2, seam - 4, 10.4, ankle + 0.8],
    ]);
    canvas.fill(look.detail);
  }
  const mark = choose(random, [
    ['stripes', 3],
    ['swoosh', 3],
    ['line', 2],
    ['none', 1],
  ] as const);
  if (mark === 'stripes') {
    for (let i = 0; i < 3; i++)
      canvas.line(
        [
          [1.2 + 2.1 * i, ankle + 3.4],
          [-0.8 + 2.1 * i, seam],
        ],
        0.95,
      );
  } else if (mark === 'swoosh') {
    canvas.outline([
      [9.6, ankle + 4.6],
      [2, seam - 0.6, -1.6, seam - 1.4],
      [-3, seam - 2.2, -1.8, seam - 3.4],
      [-0.5, seam - 1.8, 9.6, ankle + 4.6],
    ]);
  } else if (mark === 'line')
    canvas.line(
      [
        [-6.5, seam - 1],
        [2, seam - 3.4, 11, seam - 2.2],
      ],
      0.9,
    );
  if (mark !== 'none') canvas.fill(look.accent, true);
  drawLaces(canvas, look.shade > 0.6 ? look.detail : 0.95, [tongue - 0.4, ankle + 0.8], [-4.6, seam - toe - 0.1], 4);
  canvas.outline([
    [-13, seam],
    [0, seam + 0.4, 12.9, seam - 0.3],
    [13.5, seam + sole * 0.6, 12.6, ground],
    [-9.5, ground],
    [-13.2, ground - 0.2, -13, seam],
  ]);
  canvas.fill(chance(random, 0.7) ? between(random, 0.8, 1) : look.detail, true);
  canvas.line(
    [
      [-12.6, seam],
      [0, seam + 0.4, 12.6, seam - 0.2],
    ],
    0.5,
  );
  canvas.fill(look.shade * 0.35, true);
}

export function ankleBoot(canvas: Canvas, look: Look, random: RandomStream): void {
  const heel = choose(random, [
    ['flat', 4],
    ['block', 4],
    ['slim', 2],
  ] as const);
  const lift = heel === 'flat' ? 0 : between(random, 2.4, heel === 'slim' ? 5 : 4);
  const ground = between(random, 24, 25.4);
  const top = between(random, 2, 4.6);
  const front = between(random, 1.6, 3.6);
  const seam = ground - 1.5;
  const backSeam = seam - lift;
  const instep = seam - between(random, 7, 8.2) - lift * 0.4;
  const toe = between(random, 3.6, 5);
  canvas.outline([
    [front, top],
    [11.8, top + between(random, -0.4, 0.6)],
    [11, (top + backSeam) / 2, 12.4, backSeam],
    [4, backSeam + 0.3],
    [0, seam],
    [-12.8, seam + 0.3],
    [-13.6, seam - toe, -8, seam - toe - 0.4],
    [front - 2, instep + 1.6, front + 0.2, instep - 1],
  ]);
  canvas.fill(look.shade);
  const closing = choose(random, [
    ['gusset', 3],
    ['laces', 4],
    ['zip', 2],
    ['buckle', 2],
  ] as const);
  if (closing === 'gusset') {
    canvas.outline([
      [front + 3, top],
      [front + 7.2, top],
      [front + 6.2, instep + 1.6],
      [front + 4.2, instep + 1.6],
    ]);
    canvas.fill(look.detail, true);
  } else if (closing === 'laces') {
    const slope: Outline = [
      [front + 2.4, top + 0.6],
      [front + 2.2, instep - 1],
      [front - 2.4, instep + 2.8],
    ];
    canvas.line(slope, 0.6);
    canvas.fill(look.inside, true);
    const steps = 5;
    for (let i = 0; i < steps; i++) {
      const y = top + 1.4 + ((instep + 1.4 - top) * i) / steps;
      const x = y < instep - 1 ? front : front - (y - instep + 1) * 1.3;
      canvas.line(
        [
          [x - 0.1, y],
          [x + 2.4, y + 0.5],
        ],
        0.8,
      );
    }
    canvas.fill(look.shade > 0.6 ? look.shade * 0.3 : 0.95, true);
  } else if (closing === 'zip') {
    canvas.line(
      [
        [8.2, top],
        [7.4, (top + backSeam) / 2, 6.4, backSeam - 2.4],
      ],
      0.8,
    );
    canvas.fill(look.detail, true);
  } else {
    canvas.line(
      [
        [front + 0.2, instep - 1.4],
        [11.8, instep - 0.4],
      ],
      1.5,
    );
    canvas.fill(look.detail, true);
    canvas.disc(front + 3, instep - 1.1, 1, 1.2);
    canvas.fill(look.accent, true);
  }
  if (chance(random, 0.5)) {
    canvas.line(
      [
        [front, top + 0.5],
        [11.8, top + 0.5],
      ],
      1.2,
    );
    canvas.fill(look.detail, true);
  }
  if (chance(random, 0.4)) {
    canvas.line(
      [
        [11.6, top - 0.9],
        [11.9, top + 1.6],
      ],
      0.9,
    );
    canvas.fill(look.accent, true);
  }
  const sole = look.shade > 0.5 ? look.shade * between(random, 0.3, 0.6) : between(random, 0.5, 0.9);
  canvas.outline([
    [-13, seam],
    [0, seam],
    [4, backSeam + 0.1],
    [12.6, backSeam],
    [12.6, backSeam + 1.4],
    [4.4, backSeam + 1.6],
    [0.4, ground],
    [-12, ground],
    [-13.2, ground - 0.4, -13, seam],
  ]);
  if (heel === 'flat')
    canvas.outline([
      [4.5, ground - 1],
      [12.7, ground - 1],
      [12.5, ground + 0.9],
      [4.5, ground + 0.9],
    ]);
  else if (heel === 'block')
    canvas.outline([
      [6.2, backSeam + 0.6],
      [12.6, backSeam + 0.6],
      [12.2, ground + 0.6],
      [7.6, ground + 0.6],
    ]);
  else
    canvas.outline([
      [8.2, backSeam + 0.6],
      [12.6, backSeam + 0.6],
      [12.3, ground + 0.6],
      [10.9, ground + 0.6],
    ]);
  canvas.fill(sole, true);
}
