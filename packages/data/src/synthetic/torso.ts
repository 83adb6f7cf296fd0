import type { Look } from './look.js';
import type { Canvas, Outline } from './rasteriser.js';

export interface Torso {
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

export function neckline({ top, neck, depth, pointed }: Torso): Outline {
  const middle = [0, top + depth];
  return pointed ? [middle, [neck, top]] : [middle, [neck * 0.9, top + depth, neck, top]];
}

/** The body without sleeves, over the shadow of its inner side behind the neckline. */
export function drawTorso(canvas: Canvas, look: Look, torso: Torso): void {
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
export function drawSleeves(
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

export function drawArmholes(
  canvas: Canvas,
  look: Look,
  { top, shoulder, chest, slope, armpit }: Torso,
  width: number,
): void {
  canvas.bothLines(
    [
      [shoulder, top + slope],
      [chest - 0.9, (top + slope + armpit) / 2, chest, armpit],
    ],
    width,
  );
  canvas.fill(look.shade < 0.45 ? look.shade * 0.45 : look.shade * 0.68, true);
}
