import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { encode } from 'fast-png';

const require = createRequire(import.meta.url);
let fonts: Promise<Uint8Array[]> | undefined;

/**
 * Draws an SVG document as PNG, with fonts that come along: the same picture on every machine.
 *
 * @param svg   a whole SVG document
 * @param scale pixels of the PNG for a pixel of the SVG; default 2, print quality
 * @returns the PNG file's bytes: RGB without transparency, on white
 * @throws Error if the document is not well-formed SVG
 * @example
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="4"></svg>';
 * const { width, height } = imageHeader(await rasterise(svg));
 * [width, height]; // [16, 8]
 */
export async function rasterise(svg: string, { scale = 2 }: { scale?: number } = {}): Promise<Uint8Array> {
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`rasterise: the scale is ${scale}, expected a positive number of pixels a pixel.`);
  }
  // The module can be started once only.
  fonts ??= start();
  const resvg = new Resvg(svg, {
    background: '#ffffff',
    fitTo: { mode: 'zoom', value: scale },
    font: { fontBuffers: await fonts, defaultFontFamily: 'DejaVu Sans', sansSerifFamily: 'DejaVu Sans' },
  });
  try {
    const image = resvg.render();
    const { width, height, pixels } = image;
    image.free();
    return encode({ width, height, data: withoutAlpha(pixels), depth: 8, channels: 3 });
  } finally {
    resvg.free();
  }
}

async function start(): Promise<Uint8Array[]> {
  await initWasm(await readFile(require.resolve('@resvg/resvg-wasm/index_bg.wasm')));
  return Promise.all([
    readFile(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')),
    readFile(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf')),
  ]);
}

function withoutAlpha(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let pixel = 0; pixel * 4 < rgba.length; pixel++) {
    rgb[pixel * 3] = rgba[pixel * 4];
    rgb[pixel * 3 + 1] = rgba[pixel * 4 + 1];
    rgb[pixel * 3 + 2] = rgba[pixel * 4 + 2];
  }
  return rgb;
}
