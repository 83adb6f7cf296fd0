import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeImage } from '@weft/data';
import { heatMapColours } from '@weft/report';
import { describe, expect, test } from 'vitest';
import { OutputFiles } from '../pictures/output-files.js';
import { errorMap, type PixelMap, resizedMap, scoreOf, smoothed } from './error-map.js';
import { HeatMapFiles } from './heat-map-files.js';
import { PixelCollection } from './pixel-measures.js';

const mapOf = (height: number, width: number, value: (pixel: number) => number): PixelMap => ({
  height,
  width,
  values: Float32Array.from({ length: height * width }, (_, pixel) => value(pixel)),
});
const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);

describe('maps of errors', () => {
  test('smoothing leaves what is even as it is, up to the edges, and spreads a point to all sides alike', () => {
    for (const value of smoothed(
      mapOf(5, 9, () => 0.25),
      2,
    ).values)
      expect(value).toBeCloseTo(0.25, 6);
    // No pixel that the point reaches is so near to the edge that its weights are others.
    const centre = 13 * 29 + 14;
    const point = smoothed(
      mapOf(27, 29, (pixel) => (pixel === centre ? 1 : 0)),
      2,
    ).values;
    expect(sum(point)).toBeCloseTo(1, 5);
    expect(point[centre]).toBe(Math.max(...point));
    expect(point[centre] / point[centre + 2]).toBeCloseTo(Math.exp(0.5), 4);
    expect(point).toEqual(point.toReversed());
    const map = mapOf(3, 3, (pixel) => pixel);
    expect(smoothed(map, 0)).toBe(map);
  });

  test('the error of a pixel is the mean over its channels, and so the score is the mean squared error', () => {
    const inputs = Uint8Array.of(0, 51, 255, 102, 0, 204);
    const outputs = Float32Array.of(0.5, 0.2, 1, 0, 0, 1);
    const result = { prepared: { count: 1, data: inputs, grid: undefined }, outputs };
    const model = { height: 1, width: 2, channels: 3, scale: 1 / 255, saved: { path: 'model' } };
    const { values } = errorMap(result as never, model as never);
    expect(values[0]).toBeCloseTo((0.5 ** 2 + 0 + 0) / 3, 6);
    expect(values[1]).toBeCloseTo((0.4 ** 2 + 0 + 0.2 ** 2) / 3, 6);
  });

  test('scores: the mean of all errors, or of the largest hundredth', () => {
    const map = mapOf(10, 20, (pixel) => pixel);
    expect(scoreOf('mse', map, map)).toBe(99.5);
    expect(scoreOf('top', map, map)).toBe(198.5);
  });

  test('resizing keeps the level, and zero', () => {
    const flat = resizedMap(
      mapOf(4, 4, () => 0.03),
      9,
      7,
    );
    expect(flat).toMatchObject({ height: 9, width: 7 });
    for (const value of flat.values) expect(value).toBeCloseTo(0.03, 6);
    expect(
      sum(
        resizedMap(
          mapOf(4, 4, () => 0),
          9,
          7,
        ).values,
      ),
    ).toBe(0);
  });

  test('where maps are too many to be kept, the first ones decide the colours', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'weft-heat-'));
    try {
      const names = ['a.png', 'b.png', 'c.png'];
      const files = await OutputFiles.plan(folder, names, { overwrite: false });
      const heatMaps = new HeatMapFiles(files, 5);
      const maps = [0.1, 0.1, 0.05].map((value) => mapOf(2, 2, () => value));
      for (const [which, map] of maps.entries()) {
        await heatMaps.add(names[which], map);
        expect(heatMaps.brightest).toBe(which === 0 ? undefined : Math.fround(0.1));
      }
      await heatMaps.flush();
      for (const [which, map] of maps.entries()) {
        const { data } = decodeImage(await readFile(join(folder, names[which])));
        expect(data).toEqual(heatMapColours(map.values, Math.fround(0.1)));
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('large maps are thinned out, and maps of several sizes have no per-region overlap', () => {
    const pixels = new PixelCollection();
    expect(pixels.measures()).toBeUndefined();
    const wide = mapOf(300, 600, (pixel) => (pixel < 60_000 ? 1 : 0));
    pixels.add(
      wide,
      Uint8Array.from(wide.values, (value) => value),
    );
    expect(pixels.measures()).toMatchObject({ pictures: 1, auroc: 1, stride: 3 });
    expect(pixels.measures()?.perRegionOverlap).toBeCloseTo(1, 8);
    pixels.add(
      mapOf(2, 2, () => 0.5),
      new Uint8Array(4),
    );
    expect(pixels.measures()).toMatchObject({ pictures: 2, auroc: 1, perRegionOverlap: undefined });
  });
});
