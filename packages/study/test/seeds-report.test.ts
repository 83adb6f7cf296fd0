import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seedsReport } from '../src/studies/seeds-report.js';
import { trialResult } from './trial-results.js';

const seedTrials = (losses: Readonly<Record<number, number>>) =>
  Object.entries(losses).map(([seed, loss]) =>
    trialResult(`seed-${seed}`, { seed: Number(seed) }, { cae: { valLoss: [0.5, loss] } }),
  );
const summaryOf = (losses: Readonly<Record<number, number>>) =>
  // biome-ignore lint/suspicious/noExplicitAny: the summary is JSON
  (seedsReport(seedTrials(losses)).summary as any).cae.valLoss;

const loss = fc.double({ min: 0.001, max: 1, noNaN: true });

describe('seedsReport', () => {
  it('has intervals that hold what they are of', () => {
    fc.assert(
      fc.property(fc.array(loss, { minLength: 2, maxLength: 8 }), (values) => {
        const { median, mean, medianInterval, meanInterval, predictionInterval, smallest, largest, count } = summaryOf({
          ...values,
        });
        expect(count).toBe(values.length);
        const inside = (value: number, [lower, upper]: number[]) => lower <= value + 1e-12 && value <= upper + 1e-12;
        expect(inside(median, [smallest, largest])).toBe(true);
        expect(inside(mean, meanInterval)).toBe(true);
        expect(medianInterval[0]).toBeGreaterThanOrEqual(smallest);
        expect(medianInterval[1]).toBeLessThanOrEqual(largest);
        // Of one more value less is known than of the mean.
        expect(predictionInterval[0]).toBeLessThanOrEqual(meanInterval[0] + 1e-12);
        expect(predictionInterval[1]).toBeGreaterThanOrEqual(meanInterval[1] - 1e-12);
      }),
      { numRuns: 20 },
    );
  });

  it("has the prediction interval of Student's distribution", () => {
    // Mean 0.3, standard deviation 0.158114, t(0.975; 4) 2.776445 by scipy.stats.t.ppf.
    const { predictionInterval, standardDeviation } = summaryOf({ 1: 0.1, 2: 0.2, 3: 0.3, 4: 0.4, 5: 0.5 });
    expect(standardDeviation).toBeCloseTo(0.158114, 6);
    expect(predictionInterval[0]).toBeCloseTo(0.3 - 2.776445 * 0.158114 * Math.sqrt(1.2), 5);
    expect(predictionInterval[1]).toBeCloseTo(0.3 + 2.776445 * 0.158114 * Math.sqrt(1.2), 5);
  });

  it.each([
    [0.31, 'within', 'as other seeds let expect'],
    [0.9, 'outside', 'worse than other seeds let expect'],
    [0.01, 'outside', 'better than other seeds let expect'],
  ])('judges seed 42 with a loss of %d against the others, which it does not count among', (value, where, verdict) => {
    const others = { 1: 0.29, 2: 0.3, 3: 0.31, 4: 0.32, 5: 0.3 };
    const { judged, count, mean } = summaryOf({ ...others, 42: value });
    expect({ count, judged }).toEqual({ count: 5, judged: { seed: 42, value, within: where === 'within' } });
    expect(mean).toBeCloseTo(0.304, 12);
    const text = seedsReport(seedTrials({ ...others, 42: value })).lead.join(' ');
    expect(text).toContain(verdict);
    expect(text).toContain(`${where} the 95 % prediction interval of the other 5 seeds`);
  });

  it('judges nothing by two seeds, and says nothing of a spread by one', () => {
    expect(summaryOf({ 1: 0.1, 2: 0.2, 42: 0.3 })).toMatchObject({ count: 3 });
    expect(summaryOf({ 1: 0.1, 2: 0.2, 42: 0.3 }).judged).toBeUndefined();
    const { lead } = seedsReport(seedTrials({ 7: 0.1 }));
    expect(lead[0]).toContain('of one seed: of a spread it says nothing');
    expect(summaryOf({ 7: 0.1 })).toMatchObject({ medianInterval: null, predictionInterval: null });
  });

  it('names a training that has diverged, and leaves it out', () => {
    const report = seedsReport(seedTrials({ 1: 0.1, 2: Number.NaN, 3: 0.2 }));
    expect(report.lead.join(' ')).toContain('Of seed 2 it is no finite number');
    expect(summaryOf({ 1: 0.1, 2: Number.NaN, 3: 0.2 }).count).toBe(2);
  });

  it('draws the losses of each model over all seeds', () => {
    const trials = [1, 2].map((seed) => trialResult(`${seed}`, { seed }, { cae: {}, vae: { title: 'VAE' } }));
    const { figures, tables } = seedsReport(trials);
    expect(figures.map(({ name }) => name)).toEqual(['losses-cae', 'losses-vae', 'spread-cae', 'spread-vae']);
    expect(figures[1].caption).toContain('2 runs');
    expect(tables[0].rows).toHaveLength(8);
  });
});
