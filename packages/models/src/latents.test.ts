import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildAutoencoder, interpolate, sampleLatents } from './index.js';

const vae = buildAutoencoder('vae', { height: 4, width: 4, latentSize: 3 });

test('latents are drawn from N(0, 1), each from the seed and its number', () => {
  const latents = sampleLatents(vae, 4000, 1);
  expect(latents.length).toBe(12_000);
  const mean = latents.reduce((sum, value) => sum + value, 0) / latents.length;
  const variance = latents.reduce((sum, value) => sum + value * value, 0) / latents.length;
  expect(Math.abs(mean)).toBeLessThan(0.04);
  expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  expect(sampleLatents(vae, 7, 1)).toEqual(latents.slice(0, 21));
  expect(sampleLatents(vae, 7, 2)).not.toEqual(latents.slice(0, 21));
});

test('what has no prior, and numbers that are none, are refused', () => {
  expect(() => sampleLatents(buildAutoencoder('cae'), 1, 1)).toThrow('sampleLatents: the latents of cae follow no');
  expect(() => sampleLatents(vae, 0, 1)).toThrow('count is 0; expected a whole number from 1.');
  expect(() => sampleLatents(vae, 1, -1)).toThrow('seed is -1');
});

const latent = fc.array(fc.float({ min: -3, max: 3, noNaN: true }), { minLength: 4, maxLength: 4 });
const rows = (values: Float32Array) =>
  Array.from({ length: values.length / 4 }, (_, i) => [...values.slice(4 * i, 4 * i + 4)]);
const length = (row: readonly number[]) => Math.hypot(...row);
const distance = (a: readonly number[], b: readonly number[]) => length(a.map((value, i) => value - b[i]));

test('a path begins and ends at its latents, and goes backwards from the one to the other', () => {
  fc.assert(
    fc.property(
      latent,
      latent,
      fc.integer({ min: 2, max: 7 }),
      fc.constantFrom('linear', 'spherical'),
      (a, b, steps, path) => {
        const there = rows(interpolate(a, b, steps, { path }));
        const back = rows(interpolate(b, a, steps, { path })).reverse();
        expect(there.length).toBe(steps);
        expect([there[0], there[steps - 1]]).toEqual([a, b]);
        for (let step = 0; step < steps; step++) expect(distance(there[step], back[step])).toBeLessThan(1e-4);
      },
    ),
  );
});

test('a straight path has equal distances', () => {
  fc.assert(
    fc.property(latent, latent, (a, b) => {
      const points = rows(interpolate(a, b, 5));
      for (let step = 1; step < 5; step++) {
        expect(Math.abs(distance(points[step], points[step - 1]) - distance(a, b) / 4)).toBeLessThan(1e-5);
      }
    }),
  );
});

test('a spherical path between latents of one length keeps the length and turns by equal angles', () => {
  fc.assert(
    fc.property(latent, latent, (a, b) => {
      fc.pre(length(a) > 0.5 && length(b) > 0.5);
      const [one, other] = [a, b].map((row) => row.map((value) => (2 * value) / length(row)));
      fc.pre(distance(one, other) > 0.1 && distance(one, other) < 3.9);
      const points = rows(interpolate(one, other, 5, { path: 'spherical' }));
      for (const point of points) expect(length(point)).toBeCloseTo(2, 4);
      for (let step = 2; step < 5; step++) {
        const [last, here] = [distance(points[step - 1], points[step - 2]), distance(points[step], points[step - 1])];
        expect(here).toBeCloseTo(last, 4);
      }
    }),
  );
});

test('latents of different lengths and too few steps are refused', () => {
  expect(() => interpolate([1, 2], [1], 3)).toThrow('a latent as long as a, which has 2 numbers');
  expect(() => interpolate([1], [1], 1)).toThrow('steps is 1; expected a whole number from 2.');
  expect(() => interpolate([1], [1], 2, { path: 'round' as 'linear' })).toThrow('path');
});
