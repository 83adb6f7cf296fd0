import type { RandomStream } from '@weft/core';
import { between, chance, choose } from './choice.js';
import type { Look } from './look.js';
import type { Canvas, Outline } from './rasteriser.js';

interface Torso {
  /** Height at which the shoulders meet the neck. */
  top: number;
  /** Half the width of the neckline, and how deep it is in the middle. */
  neck: number;
  depth: number;
  pointed: boolean;
  /** Half widths at the end of the shoulder, under the arms, at the waist and at the hem. */
  shoulder: number;
  chest: number;
  waist: number;
  hem: number;
  /** How far the shoulders slope down; heights of the armpit and of the hem. */
  slope: number;
  armpit: number;
  bottom: number;
  /** How much deeper the hem hangs in the middle than at the sides. */
  tail: number;
}

function neckline({ top, neck, depth, pointed }: Torso): Outline {
  const middle = [0, top + depth];
  return pointed ? [middle, [neck, top]] : [middle, [neck * 0.9, top + depth, neck, top]];
}

/** The body without sleeves, over the shadow of its inner side behind the neckline. */
function drawTorso(canvas: Canvas, look: Look, torso: Torso): void {
  const { top, neck, depth, shoulder, chest, waist, hem, slope, armpit, bottom, tail } = torso;
  canvas.symmetric([
    [0, top + 0.7],
    [neck, top - 0.1],
    [neck * 0.7, top + depth],
    [0, top + depth + 0.6],
  ]);
  canvas.fill(look.inside, true);
  canvas.symmetric([
    ...neckline(torso),
    [shoulder, top + slope],
    [chest - 0.9, (top + slope + armpit) / 2, chest, armpit],
    [waist, (armpit + bottom) / 2, hem, bottom - tail],
    [hem * 0.5, bottom, 0, bottom],
  ]);
  canvas.fill(look.shade);
}

/** Both sleeves. They are drawn before the torso, which covers the ends at the shoulders. */
function drawSleeves(
  canvas: Canvas,
  { top, shoulder, chest, slope, armpit }: Torso,
  cuff: { x: number; y: number; width: number; rise: number },
  shade: number,
): void {
  const innerX = cuff.x - cuff.width;
  const elbowX = (shoulder + cuff.x) / 2 + 1.3;
  canvas.both([
    [shoulder - 2.5, top + slope * 0.5],
    [shoulder, top + slope],
    [elbowX, (top + slope + cuff.y) / 2 - 1, cuff.x, cuff.y],
    [innerX, cuff.y + cuff.rise],
    [(innerX + chest) / 2 + 0.5, (armpit + cuff.y) / 2, chest, armpit + 0.5],
    [chest - 2.5, armpit],
  ]);
  canvas.fill(shade);
}

function drawArmholes(canvas: Canvas, look: Look, { top, shoulder, chest, slope, armpit }: Torso, width: number): void {
  canvas.bothLines(
    [
      [shoulder, top + slope],
      [chest - 0.9, (top + slope + armpit) / 2, chest, armpit],
    ],
    width,
  );
  canvas.fill(look.shade < 0.45 ? look.shade * 0.45 : look.shade * 0.68, true);
}

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
