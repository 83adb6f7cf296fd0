import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { exampleInputs } from '../../test/example-run.js';
import { imageColours, MAGMA } from './colour-map.js';
import { MARKER_SHAPES, markerPath } from './markers.js';
import { CLASS_COLOURS } from './theme.js';
import { trainingSamples } from './training-samples.js';

type Triple = [number, number, number];

describe('magma', () => {
  test('runs from black to pale yellow and grows lighter all the way', () => {
    expect([...MAGMA.subarray(0, 3)]).toEqual([0, 0, 4]);
    expect([...MAGMA.subarray(-3)]).toEqual([252, 253, 191]);
    const lightness = Array.from({ length: 256 }, (_, i) => lab([...MAGMA.subarray(i * 3, i * 3 + 3)] as Triple)[0]);
    for (let index = 1; index < 256; index++) expect(lightness[index]).toBeGreaterThan(lightness[index - 1] - 0.4);
  });

  test('bytes and floats of the same intensity have the same colour, and what is beyond is clipped', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const floats = Float32Array.from(bytes, (byte) => byte / 255);
    expect(imageColours(floats, 1)).toEqual(imageColours(bytes, 1));
    expect(imageColours(bytes, 1)).toEqual(MAGMA);
    expect(imageColours(Float32Array.of(-3, 7), 1)).toEqual(
      Uint8Array.of(...MAGMA.subarray(0, 3), ...MAGMA.subarray(-3)),
    );
  });

  test('leaves colour images as they are', () => {
    const pixels = Uint8Array.of(10, 20, 30, 200, 100, 0);
    expect(imageColours(pixels, 3)).toEqual(pixels);
  });
});

test("every pixel of an image is a square of the colour map's colour in the figure", () => {
  const inputs = exampleInputs({ height: 5, width: 7 });
  const { svg } = trainingSamples(inputs);
  const [, uri] = /<image[^>]* href="data:image\/png;base64,([^"]*)"/.exec(svg)!;
  const picture = decode(Buffer.from(uri, 'base64'));
  const factor = picture.width / 7;
  expect(Number.isInteger(factor)).toBe(true);
  expect(picture.height).toBe(5 * factor);
  const colours = imageColours(inputs.samples.images.subarray(0, 35), 1);
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      const source = (Math.floor(y / factor) * 7 + Math.floor(x / factor)) * 3;
      const drawn = picture.data.subarray((y * picture.width + x) * 3, (y * picture.width + x) * 3 + 3);
      if (drawn.some((value, channel) => value !== colours[source + channel])) throw new Error(`pixel ${x}, ${y}`);
    }
  }
});

describe('the ten classes', () => {
  // Machado, Oliveira & Fernandes (2009), full severity, linear light.
  const DEFICIENCIES: Record<string, number[]> = {
    none: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
    tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
    deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  };

  test.each(Object.keys(DEFICIENCIES))('have colours that differ visibly with %s', (deficiency) => {
    const seen = CLASS_COLOURS.map((colour) => lab(channels(colour), DEFICIENCIES[deficiency]));
    for (let a = 0; a < seen.length; a++) {
      for (let b = 0; b < a; b++) {
        const difference = Math.hypot(...seen[a].map((value, index) => value - seen[b][index]));
        expect(difference, `${CLASS_COLOURS[a]} and ${CLASS_COLOURS[b]}`).toBeGreaterThan(15);
      }
    }
  });

  test('have shapes of their own', () => {
    const shapes = Array.from({ length: MARKER_SHAPES }, (_, shape) => markerPath(shape, 3));
    expect(new Set(shapes).size).toBe(10);
    expect(CLASS_COLOURS.length).toBe(10);
  });
});

function channels(colour: string): Triple {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16)) as Triple;
}

/** CIE L*a*b* (D65) of an sRGB colour, seen through a matrix on linear light. */
function lab(rgb: Triple, matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1]): Triple {
  const linear = rgb.map((value) => (value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  const apply = (m: number[], v: number[]) =>
    [0, 3, 6].map((row) => m[row] * v[0] + m[row + 1] * v[1] + m[row + 2] * v[2]);
  const seen = apply(matrix, linear).map((value) => Math.min(1, Math.max(0, value)));
  const toXyz = [0.4124, 0.3576, 0.1805, 0.2126, 0.7152, 0.0722, 0.0193, 0.1192, 0.9505];
  const white = [0.9505, 1, 1.089];
  const [x, y, z] = apply(toXyz, seen).map((value, index) => {
    const ratio = value / white[index];
    return ratio > 0.008856 ? Math.cbrt(ratio) : 7.787 * ratio + 16 / 116;
  });
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
