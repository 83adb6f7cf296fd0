import { describe, expect, test } from 'vitest';
import { exampleInputs } from '../../test/example-run.js';
import { expectLaws } from '../../test/figure-laws.js';
import { latentScatter, latentScatterFigure } from './latent-scatter.js';

const draw = (testCount: number, changes = {}) => {
  const { dataset, latent } = exampleInputs({ testCount });
  return latentScatter(dataset, { ...latent, ...changes });
};

/** Number of points of each colour, counted in the paths themselves. */
function counts(svg: string): Map<string, number> {
  const [, group] = /<g data-series="points"[^>]*>(.*?)<\/g>/.exec(svg)!;
  const found = new Map<string, number>();
  for (const [, d, fill] of group.matchAll(/<path d="([^"]*)" fill="(#\w+)"/g)) {
    found.set(fill, (found.get(fill) ?? 0) + (d.match(/M/g)?.length ?? 0));
  }
  return found;
}

test('each test image is one point, in the colour of its class', () => {
  expect([...counts(draw(62).svg).values()]).toEqual([21, 21, 20]);
});

test('no class lies wholly above another: the classes take turns', () => {
  const [, group] = /<g data-series="points"[^>]*>(.*?)<\/g>/.exec(draw(300).svg)!;
  const fills = [...group.matchAll(/fill="(#\w+)"/g)].map(([, fill]) => fill);
  expect(fills.lastIndexOf(fills[0])).toBeGreaterThan(fills.indexOf(fills[1]));
});

test('of a very large test set an even share is drawn, and the caption tells', () => {
  const { svg, caption } = draw(50_000);
  const total = [...counts(svg).values()].reduce((sum, count) => sum + count, 0);
  expect(total).toBe(Math.ceil(50_000 / 3));
  expect(caption).toContain('one in 3 images');
});

describe('the numbers beside the cloud', () => {
  test('are the explained variance of each axis', () => {
    const { svg } = draw(30, { explainedVarianceRatio: [0.4321, 0.1234] });
    expect(svg).toContain('Principal component 1 (43.2 % of variance)');
    expect(svg).toContain('Principal component 2 (12.3 % of variance)');
    expect(svg).toContain('55.6 % of the variance');
  });

  test('are the purity and what chance would give for the classes as they are', () => {
    const labels = Uint8Array.from({ length: 100 }, (_, index) => (index < 90 ? 0 : 1));
    const { svg, caption } = draw(100, { labels, nearestNeighbourPurity: 0.95 });
    expect(svg).toContain('0.950 (by chance 0.82)');
    expect(caption).toContain('95.0 % bear its class; by chance it would be 82.0 %');
  });

  test('leave the purity out where it was not measured', () => {
    expect(draw(30, { nearestNeighbourPurity: undefined }).svg).not.toContain('purity');
  });
});

describe('the latents of any model', () => {
  const { dataset, latent } = exampleInputs({ testCount: 40 });
  const any = (changes = {}) =>
    latentScatterFigure({
      name: 'vae-latents',
      title: 'VAE',
      dataset,
      model: 'VAE',
      scores: latent.scores,
      ...changes,
    });

  test('have one colour where no classes are known', async () => {
    const { svg, caption } = await expectLaws(() => any());
    expect([...counts(svg).values()]).toEqual([40]);
    expect(caption).toBe("The VAE's latents of 40 test images.");
    expect(svg).toContain('>Latent 1<');
  });

  test('have the colours of their classes, and axes of components where their variance is known', async () => {
    const { svg, caption } = await expectLaws(() => any({ labels: latent.labels, explainedVarianceRatio: [0.3, 0.2] }));
    expect(counts(svg).size).toBe(3);
    expect(svg).toContain('Principal component 1 (30.0 % of variance)');
    expect(caption).toMatch(/^The first two principal components of the VAE's latents of 40 test images/);
  });

  test('that do not fit are refused', () => {
    expect(() => any({ labels: [1] })).toThrow('scores holds 80 values for 1 labels, expected two for each');
    expect(() => any({ scores: [1, 2, 3] })).toThrow('scores holds 3 values, expected two for each image');
  });
});
