import type { RandomStream } from '@weft/core';
import { between, chance, choose } from './choice.js';
import type { Look } from './look.js';
import type { Canvas, Outline } from './rasteriser.js';
import { drawArmholes, drawSleeves, drawTorso, type Torso } from './torso.js';

/** Two flaps of a folded collar and, if they are long, lapels. */
function drawCollar(canvas: Canvas, shade: number, { top, neck }: Torso, point: { x: number; y: number }): void {
  canvas.both([
    [neck - 0.2, top - 1],
    [neck + 0.9, top + 0.6],
    [point.x, point.y],
    [0.2, top + 2.2 + (point.y - top) * 0.3],
    [neck * 0.6, top + 0.8],
  ]);
  canvas.fill(shade, true);
}

function drawButtons(
  canvas: Canvas,
  shade: number,
  from: number,
  to: number,
  columns: readonly number[],
  size: number,
) {
  const count = Math.floor((to - from) / 3.6) + 1;
  for (const x of columns) {
    for (let i = 0; i < count; i++) canvas.disc(x, from + ((to - from) * i) / Math.max(1, count - 1), size);
  }
  canvas.fill(shade, true);
}

export function shirt(canvas: Canvas, look: Look, random: RandomStream): void {
  const chest = between(random, 6, 7);
  const torso: Torso = {
    top: between(random, 2, 2.8),
    neck: between(random, 2.2, 2.9),
    depth: between(random, 2, 3.6),
    pointed: true,
    shoulder: chest + between(random, 0.2, 0.7),
    chest,
    waist: chest - between(random, 0, 1.2),
    hem: chest + between(random, -0.2, 0.6),
    slope: between(random, 1.3, 1.9),
    armpit: between(random, 9.4, 10.4),
    bottom: between(random, 26, 27.2),
    tail: between(random, 1, 2.6),
  };
  const { top, depth, bottom, armpit } = torso;
  const long = chance(random, 0.72);
  const cuff = long
    ? { x: between(random, 11.4, 12.6), y: between(random, 20, 24), width: 2.6, rise: 0.5 }
    : { x: between(random, 11, 12.4), y: between(random, 9, 11), width: 3, rise: 1.4 };
  drawSleeves(canvas, torso, cuff, look.shade * 0.92);
  const hemline: Outline = [
    [cuff.x, cuff.y - 0.9],
    [cuff.x - cuff.width, cuff.y - 0.9 + cuff.rise],
  ];
  canvas.bothLines(hemline, 0.6);
  canvas.fill(look.detail, true);
  drawTorso(canvas, look, torso);
  drawArmholes(canvas, look, torso, 0.5);
  canvas.bothLines(
    [
      [0.75, top + depth],
      [0.75, bottom - 0.3],
    ],
    0.45,
  );
  canvas.fill(look.detail, true);
  drawButtons(canvas, look.shade < 0.45 ? 0.95 : look.shade * 0.25, top + depth + 1.2, bottom - 2, [0], 0.55);
  drawCollar(canvas, look.pattern === 'plain' ? look.detail : look.shade, torso, { x: 2.8, y: top + depth + 1.6 });
  if (chance(random, 0.6)) {
    const pocket: Outline = [
      [2.3, armpit - 0.4],
      [2.3, armpit + 2.6],
      [5, armpit + 2.6],
      [5, armpit - 0.4],
      [2.3, armpit - 0.4],
    ];
    if (chance(random, 0.5)) canvas.bothLines(pocket, 0.5);
    else canvas.line(pocket, 0.5);
    canvas.fill(look.detail, true);
  }
}

export function coat(canvas: Canvas, look: Look, random: RandomStream): void {
  const chest = between(random, 5, 5.8);
  const torso: Torso = {
    top: between(random, 2.2, 3),
    neck: between(random, 1.9, 2.5),
    depth: between(random, 2.4, 4),
    pointed: true,
    shoulder: chest + between(random, 0.3, 0.8),
    chest,
    waist: chest - between(random, 0, 0.8),
    hem: chest + between(random, 0.8, 2.4),
    slope: between(random, 1.2, 1.7),
    armpit: between(random, 8.6, 9.6),
    bottom: between(random, 26.4, 27.4),
    tail: 0.2,
  };
  const { top, depth, bottom, hem } = torso;
  const hooded = chance(random, 0.25);
  if (hooded) {
    canvas.disc(0, 3.2, 4.4, 2.9);
    canvas.fill(look.shade * 0.8);
    canvas.disc(0, 3.6, 2.8, 1.8);
    canvas.fill(look.inside, true);
  }
  const cuff = {
    x: between(random, 9.6, 10.8),
    y: between(random, 18, 20.5),
    width: between(random, 2.5, 3),
    rise: 0.6,
  };
  drawSleeves(canvas, torso, cuff, look.shade * 0.86);
  canvas.bothLines(
    [
      [cuff.x, cuff.y - 1.5],
      [cuff.x - cuff.width, cuff.y - 0.9],
    ],
    0.6,
  );
  canvas.fill(look.detail, true);
  drawTorso(canvas, look, torso);
  drawArmholes(canvas, look, torso, 0.6);
  canvas.line(
    [
      [0, top + depth],
      [0, bottom + 0.3],
    ],
    between(random, 0.6, 1.1),
  );
  canvas.fill(look.inside, true);
  const closing = choose(random, [
    ['double', 4],
    ['single', 3],
    ['zip', 2],
  ] as const);
  const lapel = hooded ? top + depth + 1 : top + between(random, 6, 8.5);
  const button = look.shade < 0.45 ? 0.95 : look.shade * 0.3;
  if (closing === 'double') drawButtons(canvas, button, lapel + 1.4, 21, [-1.9, 1.9], 0.7);
  else if (closing === 'single') drawButtons(canvas, button, lapel + 1.2, 22, [1.3], 0.7);
  if (!hooded) {
    drawCollar(canvas, look.detail, torso, { x: 3.3, y: top + 4.2 });
    canvas.both([
      [torso.neck, top + 1],
      [3.6, top + 4.4],
      [2.9, top + 5.2],
      [0.2, lapel],
      [0.2, top + depth],
    ]);
    canvas.fill(look.detail);
    canvas.bothLines(
      [
        [3.4, top + 4.4],
        [2.2, top + 4.1],
      ],
      0.5,
    );
    canvas.fill(look.inside, true);
  }
  if (chance(random, 0.35)) {
    canvas.symmetric([
      [0, 14.2],
      [torso.waist + 0.4, 14.2],
      [torso.waist + 0.5, 15.8],
      [0, 15.8],
    ]);
    canvas.fill(look.detail, true);
    canvas.disc(0, 15, 1, 0.9);
    canvas.fill(look.accent, true);
  }
  canvas.bothLines(
    [
      [2.6, 18.8],
      [hem - 1.6, 17.9],
    ],
    0.9,
  );
  canvas.fill(look.detail, true);
}
