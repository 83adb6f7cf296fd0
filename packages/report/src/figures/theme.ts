/** Width of every figure in CSS pixels; rasterised at 2x it is 2000 pixels wide. */
export const FIGURE_WIDTH = 1000;

export const PAPER = '#ffffff';
export const INK = '#1b1b1f';
export const MUTED_INK = '#55565c';
export const RULE = '#8b8c92';
export const GRID = '#e6e6ea';
export const WARNING_INK = '#a3140f';

/** Training in one, validation in the other: apart in hue and in lightness, so also apart in grey. */
export const TRAINING = '#0b4f8a';
export const VALIDATION = '#d9640a';
export const BARS = '#8fb4d9';
export const BARS_EDGE = '#3d6a97';

export const TEXT_SIZE = 15;
export const SMALL_TEXT_SIZE = 14;
// DejaVu is what the PNGs are set in; the others are its likeliest neighbours where an SVG is opened.
export const FONT_FAMILY = "'DejaVu Sans', Verdana, 'Segoe UI', Helvetica, Arial, sans-serif";

/**
 * Ten colours that stay apart for the common colour deficiencies: Paul Tol's "muted" scheme, with near-black for
 * its pale grey, which is hard to see on white.
 *
 * @see https://personal.sron.nl/~pault/ (Tol, Colour Schemes, technical note SRON/EPS/TN/09-002)
 */
export const CLASS_COLOURS = [
  '#332288',
  '#88ccee',
  '#117733',
  '#cc6677',
  '#ddcc77',
  '#882255',
  '#44aa99',
  '#aa4499',
  '#999933',
  '#222222',
] as const;
