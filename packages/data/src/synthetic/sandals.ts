import type { RandomStream } from '@weft/core';
import { between, chance, choose } from './choice.js';
import type { Look } from './look.js';
import type { Canvas, Outline } from './rasteriser.js';

// Sandals stand sideways like all shoes, the toe on the left.

function highSandal(canvas: Canvas, look: Look, random: RandomStream): void {
  const ground = between(random, 24.5, 26);
  const back = between(random, 13.5, 16.5);
  const strap = between(random, 1.1, 1.8);
  const arch: Outline = [
    [-12.6, ground - 0.7],
    [-6, ground - 0.5],
    [1, ground - 0.5, 5, (ground + back) / 2],
    [8, back + 0.6, 12, back],
  ];
  canvas.line(arch, 1.4);
  canvas.fill(look.shade);
  const slim = between(random, 0.9, 2.2);
  canvas.outline([
    [9, back + 0.3],
    [12.7, back - 0.3],
    [12, ground],
    [12 - slim, ground],
    [11.4 - slim, back + 4],
  ]);
  canvas.fill(look.shade * 0.85);
  canvas.outline([
    [12.5, back + 0.4],
    [12.9, back - 3, 11.6, back - 4.6],
    [10.2, back - 3.8],
    [10, back - 1, 9, back + 0.8],
  ]);
  canvas.fill(look.shade);
  const collar = back - between(random, 6.5, 9);
  canvas.line(
    [
      [11.6, back - 4.2],
      [11.6, collar],
      [8, collar + 1.4, 4, collar + 0.4],
    ],
    strap,
  );
  canvas.line(
    [
      [4, collar + 0.4],
      [6.6, collar + 4, 11.4, back - 3.6],
    ],
    strap * 0.8,
  );
  canvas.line(
    [
      [-11, ground - 1],
      [-10, ground - 5.4, -5.4, ground - 5],
      [-3.4, ground - 3.6, -2.6, ground - 1],
    ],
    strap * 1.2,
  );
  if (chance(random, 0.6))
    canvas.line(
      [
        [-6.4, ground - 4.8],
        [-1, ground - 9, 4.4, collar + 0.8],
      ],
      strap,
    );
  else
    canvas.line(
      [
        [-7.5, ground - 0.8],
        [-3, ground - 5.6, 1.6, ground - 3],
      ],
      strap,
    );
  canvas.fill(look.shade);
}

export function sandal(canvas: Canvas, drawn: Look, random: RandomStream): void {
  // Thin straps cover pixels in part: dark ones would vanish against the background.
  const look = { ...drawn, shade: Math.max(drawn.shade, 0.5), detail: Math.max(drawn.detail, 0.4) };
  const kind = choose(random, [
    ['high', 3],
    ['flip-flop', 2.5],
    ['strappy', 3.5],
    ['slide', 2],
  ] as const);
  if (kind === 'high') {
    highSandal(canvas, look, random);
    return;
  }
  const ground = between(random, 19.5, 21.5);
  const front = between(random, 1.2, 2);
  const rise = chance(random, 0.4) ? between(random, 1.5, 3.6) : 0;
  const bed = ground - front;
  canvas.outline([
    [-13.2, bed + 0.2],
    [-6, bed + 0.6, 0, bed - rise * 0.4],
    [7, bed - rise, 13, bed - rise - 0.4],
    [13.4, ground],
    [-11.5, ground],
    [-13.4, ground - 0.2, -13.2, bed + 0.2],
  ]);
  canvas.fill(look.pattern === 'plain' ? look.detail : look.accent);
  const strap = between(random, 1.2, 2.2);
  const middle = bed - rise * 0.4;
  if (kind === 'flip-flop') {
    canvas.line(
      [
        [-8.4, bed + 0.3],
        [-5.8, bed - 4.8, -1.4, middle - 4.6],
        [4.4, middle - 3.8, 6.8, middle - 0.2],
      ],
      strap * 1.1,
    );
    canvas.line(
      [
        [-4.4, middle - 3.8],
        [0, middle - 2.6, 1, middle - 0.2],
      ],
      strap * 0.8,
    );
  } else if (kind === 'slide') {
    const width = between(random, 4, 6.5);
    canvas.outline([
      [-10.5, bed + 0.4],
      [-8.5, bed - 5.6, -3.6, middle - 6.2],
      [-3.6 + width, middle - 5.4, 0.8 + width, middle + 0.3],
      [-5.2 + width, middle - 2.6, -5.6, middle - 2.8],
      [-7.4, bed - 2, -7.6, bed + 0.4],
    ]);
  } else {
    const heel = bed - rise;
    canvas.line(
      [
        [-10.6, bed + 0.2],
        [-9.4, bed - 4.6, -5.6, bed - 4.8],
        [-2.8, bed - 3.6, -2, middle],
      ],
      strap * 1.1,
    );
    canvas.line(
      [
        [-5.8, bed - 4.6],
        [-1, middle - 8, 3.6, middle - 7.8],
      ],
      strap * 0.9,
    );
    if (chance(random, 0.6))
      canvas.line(
        [
          [-4, bed],
          [-1, middle - 6.4, 4.6, middle],
        ],
        strap * 0.9,
      );
    canvas.line(
      [
        [12.2, heel],
        [13, heel - 4.6, 11.6, heel - 6.8],
        [8, heel - 4.6, 3.4, middle - 7.6],
      ],
      strap,
    );
    canvas.line(
      [
        [3.4, middle - 7.8],
        [6.4, middle - 4, 6, middle],
      ],
      strap * 0.9,
    );
  }
  canvas.fill(look.shade);
  if (chance(random, 0.5)) {
    canvas.disc(kind === 'strappy' ? 3.4 : -2.2, middle - (kind === 'strappy' ? 7.6 : 5), 1.1);
    canvas.fill(look.accent, true);
  }
}
