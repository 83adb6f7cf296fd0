import type { RandomStream } from '@weft/core';
import { between, chance, choose } from './choice.js';
import type { Look } from './look.js';
import type { Canvas } from './rasteriser.js';

interface Body {
  top: number;
  bottom: number;
  /** Half widths. */
  above: number;
  below: number;
}

function drawBody(canvas: Canvas, look: Look, { top, bottom, above, below }: Body, corner: number): void {
  canvas.symmetric([
    [0, top],
    [above - corner * 0.5, top],
    [above, top, above + (below - above) * 0.2, top + corner],
    [below, bottom - corner],
    [below, bottom, below - corner, bottom],
    [0, bottom],
  ]);
  canvas.fill(look.shade);
}

/** A flap over the upper part of a bag, closed in the middle. */
function drawFlap(canvas: Canvas, look: Look, random: RandomStream, { top, bottom, above }: Body): void {
  const reach = top + (bottom - top) * between(random, 0.42, 0.65);
  const pointed = chance(random, 0.4);
  canvas.symmetric([
    [0, top - 0.2],
    [above, top - 0.2],
    [above + 0.2, reach - (pointed ? 4 : 1.5)],
    pointed ? [0, reach] : [above, reach, above - 2.5, reach],
    [0, reach],
  ]);
  canvas.fill(chance(random, 0.4) ? look.detail : look.shade * 0.85);
  canvas.symmetric([
    [0, reach - 0.5],
    [0.9, reach - 0.5],
    [0.9, reach + 1.3],
    [0, reach + 1.3],
  ]);
  canvas.fill(look.accent, true);
  canvas.bothLines(
    [[above + 0.1, reach - (pointed ? 4 : 1.5)], pointed ? [0, reach] : [above, reach, above - 2.5, reach], [0, reach]],
    0.5,
  );
  canvas.fill(look.shade * 0.45, true);
}

/** One or two arched handles. */
function drawHandles(
  canvas: Canvas,
  look: Look,
  { top }: Body,
  half: number,
  height: number,
  width: number,
  two: boolean,
): void {
  if (two) {
    canvas.bothLines(
      [
        [half + 0.7, top + 0.4],
        [half + 0.5, top - height * 0.75, 0.9, top - height * 0.8],
      ],
      width * 0.8,
    );
    canvas.fill(look.shade * 0.55, true);
  }
  canvas.bothLines(
    [
      [half, top + 1.6],
      [half, top - height * 0.2],
      [half * 0.9, top - height, 0, top - height],
    ],
    width,
  );
  canvas.fill(look.shade < 0.45 ? look.shade * 1.3 : look.shade * 0.85, true);
}

export function bag(canvas: Canvas, look: Look, random: RandomStream): void {
  const kind = choose(random, [
    ['tote', 3],
    ['handbag', 4],
    ['shoulder', 3],
    ['clutch', 2],
    ['satchel', 2],
  ] as const);
  const below = between(random, 10.4, 12.8);
  const handle = between(random, 1, 1.7);
  if (kind === 'tote') {
    const body: Body = {
      top: between(random, 9.6, 11),
      bottom: 27,
      above: below - between(random, -0.6, 1),
      below: below - 0.6,
    };
    drawHandles(canvas, look, body, between(random, 3.6, 5.4), body.top - 1.2, handle, true);
    drawBody(canvas, look, body, 0.8);
    canvas.line(
      [
        [-body.above, body.top + 1.4],
        [body.above, body.top + 1.4],
      ],
      0.6,
    );
    canvas.bothLines(
      [
        [4.4, body.top],
        [4.4, body.top + 4],
      ],
      1.1,
    );
    canvas.fill(look.detail, true);
    if (chance(random, 0.4)) {
      canvas.disc(0, 19.5, 2.6, 2.4);
      canvas.fill(look.accent, true);
    }
  } else if (kind === 'handbag') {
    const body: Body = {
      top: between(random, 10.4, 12.4),
      bottom: between(random, 25, 26.6),
      above: below - between(random, 1.4, 3.4),
      below,
    };
    drawHandles(
      canvas,
      look,
      body,
      between(random, 3.8, 5.6),
      body.top - between(random, 2, 4),
      handle * 1.1,
      chance(random, 0.5),
    );
    drawBody(canvas, look, body, 1.8);
    if (chance(random, 0.5)) drawFlap(canvas, look, random, body);
    else {
      canvas.line(
        [
          [-body.above - 0.2, body.top + 2],
          [body.above + 0.2, body.top + 2],
        ],
        0.7,
      );
      canvas.bothLines(
        [
          [5.2, body.top],
          [5.2, body.bottom],
        ],
        0.7,
      );
      canvas.fill(look.detail, true);
      canvas.disc(0, body.top + 3.4, 1.1);
      canvas.fill(look.accent, true);
    }
  } else if (kind === 'shoulder') {
    const body: Body = {
      top: between(random, 13, 15),
      bottom: between(random, 25.4, 27),
      above: below - 3.2,
      below: below - 2.2,
    };
    canvas.bothLines(
      [
        [body.above - 0.4, body.top + 1],
        [body.above - 1, 4, 0, 0.9],
      ],
      handle,
    );
    canvas.fill(look.shade < 0.45 ? look.shade * 1.3 : look.shade * 0.8, true);
    drawBody(canvas, look, body, 2.4);
    drawFlap(canvas, look, random, body);
  } else if (kind === 'clutch') {
    const body: Body = { top: between(random, 8, 9.6), bottom: between(random, 19.5, 22), above: below, below };
    drawBody(canvas, look, body, 0.9);
    if (chance(random, 0.5)) {
      canvas.line(
        [
          [-below + 0.6, body.top + 1],
          [-below - 1.6, body.bottom, -below + 2.4, body.bottom + 4],
          [-below + 4, body.bottom + 3, -below + 1, body.top + 2],
        ],
        0.8,
      );
      canvas.fill(look.detail, true);
    }
    drawFlap(canvas, look, random, body);
  } else {
    const body: Body = { top: between(random, 8, 9.4), bottom: between(random, 24.6, 26.4), above: below - 0.4, below };
    drawHandles(canvas, look, body, 3.4, body.top - between(random, 3, 4.4), handle, false);
    drawBody(canvas, look, body, 1.4);
    drawFlap(canvas, look, random, body);
    canvas.bothLines(
      [
        [5.6, body.top],
        [5.6, body.bottom - 3.4],
      ],
      1.2,
    );
    canvas.fill(look.detail, true);
    canvas.both([
      [4.9, body.bottom - 5],
      [6.3, body.bottom - 5],
      [6.3, body.bottom - 3.2],
      [4.9, body.bottom - 3.2],
    ]);
    canvas.fill(look.accent, true);
  }
}
