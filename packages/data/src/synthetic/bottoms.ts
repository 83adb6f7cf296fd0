import type { RandomStream } from '@weft/core';
import { between, chance, choose } from './choice.js';
import type { Look } from './look.js';
import type { Canvas, Outline } from './rasteriser.js';

export function trouser(canvas: Canvas, look: Look, random: RandomStream): void {
  const top = between(random, 0.8, 1.6);
  const bottom = between(random, 26, 27.4);
  const waist = between(random, 3.8, 4.8);
  const hip = waist + between(random, 0.6, 1.4);
  const crotch = between(random, 9.5, 11.5);
  const inner = between(random, 0.9, 2.2);
  const ankle =
    inner +
    choose(random, [
      [between(random, 2.2, 2.8), 4],
      [between(random, 2.8, 3.6), 3],
      [between(random, 3.8, 4.8), 2],
    ]);
  const knee = (hip + ankle) / 2 - between(random, 0.1, 0.7);
  canvas.symmetric([
    [0, top],
    [waist, top],
    [hip, top + 4, hip, crotch - 2],
    [knee, (crotch + bottom) / 2, ankle, bottom],
    [inner, bottom],
    [inner * 0.55, (crotch + bottom) / 2, 0.25, crotch],
    [0, crotch],
  ]);
  canvas.fill(look.shade);
  canvas.symmetric([
    [0, top],
    [waist, top],
    [waist + 0.15, top + 1.5],
    [0, top + 1.5],
  ]);
  canvas.fill(look.detail);
  canvas.line(
    [
      [0, top + 1.5],
      [0, crotch],
    ],
    0.6,
  );
  canvas.fill(look.detail, true);
  if (chance(random, 0.7)) {
    canvas.bothLines(
      [
        [waist - 1.7, top + 1.5],
        [waist - 1.3, top + 3.8, hip - 0.1, top + 4.4],
      ],
      0.5,
    );
    canvas.fill(look.detail, true);
  }
  const crease = (inner + ankle) / 2;
  const finish = choose(random, [
    ['crease', 3],
    ['faded', 3],
    ['side', 2],
    ['none', 2],
  ] as const);
  if (finish === 'crease') {
    canvas.bothLines(
      [
        [hip * 0.5, crotch - 3],
        [crease, bottom],
      ],
      0.5,
    );
    canvas.fill(look.detail, true);
  } else if (finish === 'faded') {
    canvas.both([
      [hip * 0.5, crotch - 1],
      [hip * 0.5 + 0.9, crotch + 4, crease + 0.3, bottom - 5],
      [hip * 0.5 - 0.9, crotch + 4, hip * 0.5, crotch - 1],
    ]);
    canvas.fill(Math.min(1, look.shade * 1.35));
  } else if (finish === 'side') {
    canvas.bothLines(
      [
        [hip - 0.4, crotch - 3],
        [knee - 0.4, (crotch + bottom) / 2, ankle - 0.4, bottom],
      ],
      0.8,
    );
    canvas.fill(look.accent, true);
  }
  if (chance(random, 0.35)) {
    canvas.both([
      [inner, bottom - 1.8],
      [ankle, bottom - 1.8],
      [ankle, bottom],
      [inner, bottom],
    ]);
    canvas.fill(look.detail);
  }
}

export function dress(canvas: Canvas, look: Look, random: RandomStream): void {
  const bodice = choose(random, [
    ['straps', 4],
    ['sleeveless', 3],
    ['short', 3],
    ['long', 1.5],
  ] as const);
  const top = between(random, 0.8, 1.6);
  const waistline = between(random, 10.5, 13);
  const waist = between(random, 2.7, 3.7);
  const chest = waist + between(random, 0.6, 1.2);
  const hem = waist + between(random, 2, 6);
  const bottom = between(random, 26.4, 27.5);
  const pointed = chance(random, 0.5);
  const neck = between(random, 1.8, 2.6);
  const depth = between(random, 1.6, 4);
  const flare = between(random, 0.2, 0.6);
  const skirt: Outline = [
    [chest, 7],
    [waist + 0.1, 9.5, waist, waistline],
    [waist + (hem - waist) * flare, (waistline + bottom) / 2, hem, bottom - 0.7],
    [hem * 0.5, bottom, 0, bottom],
  ];
  if (bodice === 'straps') {
    const edge = top + between(random, 3, 4.6);
    canvas.bothLines(
      [
        [neck, top],
        [neck + 0.4, edge + 1],
      ],
      between(random, 0.7, 1.3),
    );
    canvas.fill(look.shade);
    canvas.symmetric([[0, edge + (pointed ? 1.6 : 0.3)], [1.6, edge, chest - 0.2, edge], ...skirt]);
  } else {
    const shoulder = chest + between(random, 0.2, 0.8);
    if (bodice !== 'sleeveless') {
      const length = bodice === 'short' ? between(random, 6.5, 9) : between(random, 15, 17.5);
      const reach = bodice === 'short' ? shoulder + 2.6 : shoulder + 2.9;
      canvas.both([
        [shoulder - 1.6, top + 0.9],
        [shoulder, top + 1.1],
        [shoulder + 2, top + 3, reach, length],
        [reach - 2, length + 0.5],
        [chest, 7.8],
        [chest - 1.5, 7],
      ]);
      canvas.fill(look.shade * 0.88);
    }
    canvas.symmetric([
      [0, top + depth],
      ...(pointed ? [[neck, top]] : [[neck, top + depth, neck, top]]),
      [shoulder, top + 1.1],
      [chest - 0.8, 4.6, chest, 7],
      ...skirt.slice(1),
    ]);
  }
  canvas.fill(look.shade);
  const pleats = random.integer(4);
  for (let i = 0; i < pleats; i++) {
    const share = (i + 0.5) / pleats;
    canvas.bothLines(
      [
        [waist * share, waistline + 0.6],
        [(waist + (hem - waist) * flare) * share, (waistline + bottom) / 2, hem * share, bottom],
      ],
      0.45,
    );
  }
  canvas.fill(look.shade < 0.45 ? look.shade * 0.5 : look.shade * 0.72, true);
  const girdle = choose(random, [
    ['seam', 3],
    ['belt', 3],
    ['none', 2],
  ] as const);
  if (girdle !== 'none') {
    canvas.line(
      [
        [-waist, waistline],
        [waist, waistline],
      ],
      girdle === 'belt' ? between(random, 1.2, 2) : 0.6,
    );
    canvas.fill(girdle === 'belt' ? look.accent : look.detail, true);
  }
}
