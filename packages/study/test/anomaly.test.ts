import { rocAuc } from '@weft/analysis';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anomalyStudy, judgeScores, latentDistances, pseudoAnomalies } from '../src/index.js';
import { anomalyReport } from '../src/studies/anomaly-report.js';
import { trialResult } from './trial-results.js';

describe('pseudoAnomalies', () => {
  const sizes = fc.record({
    height: fc.integer({ min: 2, max: 7 }),
    width: fc.integer({ min: 2, max: 7 }),
    channels: fc.integer({ min: 1, max: 3 }),
    count: fc.integer({ min: 1, max: 5 }),
  });

  it('moves pixels within each image, and changes every image that has no two alike', () => {
    fc.assert(
      fc.property(sizes, ({ count, ...size }) => {
        const length = size.height * size.width * size.channels;
        const images = Float32Array.from({ length: count * length }, (_, index) => index);
        for (const made of Object.values(pseudoAnomalies(images, size))) {
          for (let index = 0; index < count; index++) {
            const [before, after] = [images, made].map((all) => all.slice(index * length, (index + 1) * length));
            expect(after).not.toEqual(before);
            expect(after.sort()).toEqual(before);
          }
        }
      }),
    );
  });

  it('turns an image upside down, and exchanges its quarters', () => {
    const size = { height: 3, width: 2, channels: 1 };
    const { upsideDown, shuffled } = pseudoAnomalies(Float32Array.of(1, 2, 3, 4, 5, 6), size);
    expect([...upsideDown]).toEqual([5, 6, 3, 4, 1, 2]);
    expect([...shuffled]).toEqual([2, 6, 3, 4, 1, 5]);
  });
});

describe('latentDistances', () => {
  const point = fc.tuple(fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: -9, max: 9, noNaN: true }));

  it('is the mean distance to the five nearest', () => {
    fc.assert(
      fc.property(fc.array(point, { minLength: 2, maxLength: 20 }), point, (normal, query) => {
        const [x, y] = Float32Array.from(query);
        const known = Float32Array.from(normal.flat());
        const all = normal.map((_, at) => Math.hypot(known[2 * at] - x, known[2 * at + 1] - y)).sort((a, b) => a - b);
        const nearest = all.slice(0, 5);
        const expected = nearest.reduce((sum, distance) => sum + distance, 0) / nearest.length;
        expect(latentDistances(known, 2)(Float32Array.from(query))[0]).toBeCloseTo(expected, 9);
      }),
    );
  });

  it('keeps the distances of latents that lie in few directions of many', () => {
    const spread = (values: readonly number[]) =>
      Float32Array.from(values.flatMap((value) => Array.from({ length: 100 }, (_, at) => (at === 7 ? value : 0))));
    const [distance] = latentDistances(spread(Array.from({ length: 40 }, (_, index) => index)), 100)(spread([50]));
    expect(distance).toBeCloseTo(13, 6);
  });
});

describe('judgeScores', () => {
  const numbers = (count: number, of: (index: number) => number) =>
    Float64Array.from({ length: count }, (_, at) => of(at));
  /** `good` tells everything, `bad` nothing. */
  const images = {
    validation: { bad: numbers(40, (at) => at % 7), good: numbers(40, (at) => at) },
    pseudo: [{ bad: numbers(40, (at) => at % 7), good: numbers(40, (at) => 100 + at) }],
    test: { bad: numbers(60, (at) => at % 7), good: numbers(60, (at) => (at < 20 ? at : 90 + at)) },
    isAnomaly: numbers(60, (at) => Number(at >= 20)),
  };

  it('chooses the score that tells pseudo-anomalies, and puts the threshold at the quantile', () => {
    const result = judgeScores(images, { quantile: 0.5 });
    expect(result).toMatchObject({ chosen: 'good', recall: 1, normalCount: 20, anomalyCount: 40, threshold: 19.5 });
    expect(judgeScores(images)).toMatchObject({ quantile: 0.95, threshold: 0.95 * 39 });
    expect(result.auroc).toEqual({ estimate: 1, lower: 1, upper: 1 });
    expect(result.falsePositiveRate).toBe(0);
    expect(result.scores.bad.pseudoAuroc).toBeCloseTo(0.5, 12);
  });

  it('is not led by the test images: with other labels the choice and the threshold are the same', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }), (labels) => {
        fc.pre(new Set(labels).size === 2);
        const isAnomaly = labels.map(Number);
        const { chosen, threshold, scores, auroc } = judgeScores({ ...images, isAnomaly });
        const { chosen: before, threshold: at } = judgeScores(images);
        expect({ chosen, threshold }).toEqual({ chosen: before, threshold: at });
        expect(scores.bad.auroc).toBe(rocAuc(images.test.bad, isAnomaly));
        expect(auroc.lower).toBeLessThanOrEqual(auroc.estimate);
        expect(auroc.upper).toBeGreaterThanOrEqual(auroc.estimate);
      }),
      { numRuns: 5 },
    );
  });

  it('has an interval also where draws may miss one kind', () => {
    const few = {
      ...images,
      test: { bad: numbers(3, (at) => at), good: numbers(3, (at) => at) },
      isAnomaly: [0, 0, 1],
    };
    expect(judgeScores(few).auroc).toEqual({ estimate: 1, lower: 1, upper: 1 });
  });

  it('is reported with the mean over the classes, and says what labels would have chosen', () => {
    const [clear, vague] = [
      judgeScores(images),
      judgeScores({ ...images, test: { ...images.test, good: images.test.bad } }),
    ];
    const trials = [clear, vague].map((result, index) =>
      trialResult(`normal-${index}`, { classes: String(index) }, { cae: {} }, {
        anomaly: { normal: `class ${index}`, models: { cae: result } },
      } as never),
    );
    const report = anomalyReport(trials);
    const mean = (1 + vague.auroc.estimate) / 2;
    expect(report.summary).toMatchObject({
      cae: { meanAuroc: mean, classes: [{ normal: 'class 0' }, { normal: 'class 1' }] },
    });
    expect(report.tables[0].rows.map(([name]) => name)).toEqual(['class 0', 'class 1', 'mean']);
    expect(report.lead[0]).toBe(`The CAE has an AUROC of ${mean.toPrecision(3)}, the mean over 2 normal classes.`);
    expect(report.lead[1]).toContain('told best from class 0 (1.00), worst from class 1');
    expect(report.figures.map(({ name }) => name)).toEqual(['roc-cae']);
  });
});

it('anomalyStudy has a trial for each normal class', () => {
  expect(anomalyStudy({ normals: [0, 8] }).trials).toEqual([
    { name: 'normal-0', options: { classes: '0' } },
    { name: 'normal-8', options: { classes: '8' } },
  ]);
});
