import { decode } from 'fast-png';
import { expect } from 'vitest';
import { type Figure, rasterise } from '../src/index.js';

/** Pixels around a figure in which nothing is drawn, at half the size. */
const EDGE = 3;

/**
 * What every figure promises: a well-formed picture with nothing at its edges, where a text would be cut; a title and a
 * description with numbers; letters that can be read; and the same document for the same data.
 */
export async function expectLaws(draw: () => Figure): Promise<Figure> {
  const figure = draw();
  const { name, title, caption, svg } = figure;
  expect(draw()).toEqual(figure);
  expect(caption).toMatch(/\.$/);
  expect(svg).toContain(`<title id="${name}-title">${escaped(title)}</title>`);
  expect(/<desc[^>]*>(.+?)<\/desc>/s.exec(svg)).not.toBeNull();
  expect(svg.replaceAll(/base64,[^"]*/g, '')).not.toMatch(/NaN|undefined|Infinity|\[object/);
  expect(caption).not.toMatch(/NaN|undefined|Infinity|\[object/);
  const sizes = [...svg.matchAll(/font-size="([\d.]+)"/g)].map(([, size]) => Number(size));
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11);
  const { width, height, data } = decode(await rasterise(svg, { scale: 0.5 }));
  const isEdge = (x: number, y: number) => Math.min(x, y, width - 1 - x, height - 1 - y) < EDGE;
  const drawn: string[] = [];
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    if (isEdge(x, y) && data[pixel * 3] + data[pixel * 3 + 1] + data[pixel * 3 + 2] < 3 * 250) drawn.push(`${x}, ${y}`);
  }
  expect(drawn, `pixels at the edge of ${title}`).toEqual([]);
  return figure;
}

/** Corners of the line of a series, in pixels of the figure's body. */
export function corners(svg: string, series: string): { x: number; y: number }[] {
  const pattern = `<g data-series="${escaped(series).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}[^"]*"[^>]*><path d="([^"]*)"`;
  const [, path] = new RegExp(pattern).exec(svg)!;
  return [...path.matchAll(/[ML]([\d.-]+),([\d.-]+)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
}

/** The texts of a figure, in the order of the document. */
export function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
}

/** How often a piece of markup is in a figure. */
export function occurrences(svg: string, pattern: RegExp): number {
  return [...svg.matchAll(pattern)].length;
}

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}
