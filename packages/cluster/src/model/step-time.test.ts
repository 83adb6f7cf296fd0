import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleShares } from '../machine/shares.js';
import { type ClusterShape, evenShares, type StepCost, stepTime } from './step-time.js';
import { whereItStopsPaying } from './where-it-stops-paying.js';

const seconds = (max: number) => fc.double({ min: 0, max, noNaN: true });
const round = fc.record({
  leaves: fc.integer({ min: 1, max: 300 }),
  leafSeconds: seconds(1),
  bytes: fc.integer({ min: 0, max: 2 ** 30 }),
});
const step: fc.Arbitrary<StepCost> = fc.record({
  rounds: fc.array(round, { minLength: 1, maxLength: 4 }),
  replicatedSeconds: seconds(1),
  secondsPerByte: seconds(1e-8),
  secondsPerMessage: seconds(1e-3),
});
const cluster: fc.Arbitrary<ClusterShape> = fc.record(
  {
    machines: fc.integer({ min: 1, max: 80 }),
    cores: fc.integer({ min: 1, max: 64 }),
    latency: seconds(0.1),
    bandwidth: fc.double({ min: 1e5, max: 1e10, noNaN: true }),
    serverBandwidth: fc.double({ min: 1e5, max: 1e10, noNaN: true }),
    messageBytes: fc.integer({ min: 1024, max: 2 ** 20 }),
  },
  { requiredKeys: ['machines', 'cores', 'latency', 'bandwidth'] },
);
const FREE = { replicatedSeconds: 0, secondsPerByte: 0, secondsPerMessage: 0 };
const IDEAL = { latency: 0, bandwidth: Number.POSITIVE_INFINITY };

describe('evenShares', () => {
  it('are the shares of machines of the same weight', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 70 }), (leaves, machines) => {
        const cuts = Array.from({ length: leaves + 1 }, (_, leaf) => leaf);
        const members = Array.from({ length: machines }, (_, machine) => ({ id: `${machine}`, weight: 1 }));
        expect(evenShares(leaves, machines)).toEqual(exampleShares(cuts, members));
        // None has more than stepTime counts for the busiest.
        const sizes = evenShares(leaves, machines).map(([begin, end]) => end - begin);
        expect(Math.max(...sizes)).toBe(Math.ceil(leaves / machines));
      }),
    );
  });
});

describe('stepTime', () => {
  it('is the sum of what it is spent on', () => {
    fc.assert(
      fc.property(step, cluster, (cost, shape) => {
        const time = stepTime(cost, shape);
        expect(time.leaves + time.replicated + time.exchange + time.control).toBeCloseTo(time.seconds, 9);
      }),
    );
  });

  it('is f times as long where everything takes f times as long', () => {
    fc.assert(
      fc.property(step, cluster, fc.constantFrom(0.25, 0.5, 2, 8), (cost, shape, f) => {
        const { serverBandwidth = shape.bandwidth } = shape;
        const slowed = stepTime(
          {
            rounds: cost.rounds.map((each) => ({ ...each, leafSeconds: each.leafSeconds * f })),
            replicatedSeconds: cost.replicatedSeconds * f,
            secondsPerByte: cost.secondsPerByte * f,
            secondsPerMessage: cost.secondsPerMessage * f,
          },
          {
            ...shape,
            latency: shape.latency * f,
            bandwidth: shape.bandwidth / f,
            serverBandwidth: serverBandwidth / f,
          },
        );
        expect(slowed.seconds).toBe(stepTime(cost, shape).seconds * f);
      }),
    );
  });

  it('grows by eight latencies a round, by six where there is one hop, by four without others', () => {
    fc.assert(
      fc.property(round, cluster, seconds(1), ({ leaves, leafSeconds }, shape, latency) => {
        const cost = { rounds: [{ leaves, leafSeconds, bytes: 1000 }], ...FREE };
        // One machine has all, or two have half of the tree each.
        const isOneHop = leaves === 1 || (shape.machines === 2 && Number.isInteger(Math.log2(leaves)));
        const hops = shape.machines === 1 ? 4 : isOneHop ? 6 : 8;
        const { seconds: base } = stepTime(cost, { ...shape, latency: 0 });
        expect(stepTime(cost, { ...shape, latency }).seconds).toBeCloseTo(base + hops * latency, 9);
      }),
    );
  });

  it('has two machines wait for the sums of both, and for the last chunks of both once more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 22 }), fc.integer({ min: 1, max: 4 }), (bytes, power) => {
        const cost = { rounds: [{ leaves: 2 ** power, leafSeconds: 0, bytes }], ...FREE };
        const { exchange } = stepTime(cost, {
          machines: 2,
          cores: 1,
          latency: 0,
          bandwidth: 1e6,
          messageBytes: 2 ** 16,
        });
        expect(exchange).toBeCloseTo((2 * bytes + 2 * Math.min(bytes, 2 ** 16)) / 1e6, 9);
      }),
    );
  });

  it('is never longer on better lines', () => {
    fc.assert(
      fc.property(step, cluster, fc.double({ min: 1, max: 100, noNaN: true }), (cost, shape, factor) => {
        const { bandwidth, serverBandwidth = bandwidth } = shape;
        const better = { ...shape, bandwidth: bandwidth * factor, serverBandwidth: serverBandwidth * factor };
        expect(stepTime(cost, better).seconds).toBeLessThanOrEqual(stepTime(cost, shape).seconds * (1 + 1e-12));
      }),
    );
  });

  it('wastes nothing where leaves divide evenly and nothing else takes time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 32 }), fc.integer({ min: 1, max: 8 }), (machines, cores) => {
        const cost = { rounds: [{ leaves: machines * cores * 3, leafSeconds: 1, bytes: 400 }], ...FREE };
        const time = stepTime(cost, { machines, cores, ...IDEAL });
        expect(time.seconds).toBe(3);
        expect(time.efficiency).toBe(1);
      }),
    );
  });

  it('has a machine send the sums once and receive them twice where each range is a subtree', () => {
    fc.assert(
      fc.property(fc.constantFrom(2, 4, 8, 16), fc.integer({ min: 1, max: 9 }), (machines, power) => {
        const bytes = machines * 4000;
        const cost = { rounds: [{ leaves: machines * 2 ** (power - 1), leafSeconds: 1, bytes }], ...FREE };
        const time = stepTime(cost, { machines, cores: 1, ...IDEAL });
        expect(time.sent).toBe(bytes);
        expect(time.received).toBe((2 * bytes * (machines - 1)) / machines);
        expect(time.server).toEqual({ received: machines * time.sent, sent: machines * time.received });
      }),
    );
  });

  it('refuses what is no number of machines, no time and no bandwidth', () => {
    const cost = { rounds: [{ leaves: 16, leafSeconds: 1, bytes: 4 }], ...FREE };
    const shape = { machines: 2, cores: 1, latency: 0, bandwidth: 1e6 };
    expect(() => stepTime(cost, { ...shape, machines: 0 })).toThrow(
      'stepTime: machines: got 0, expected a whole number from 1.',
    );
    expect(() => stepTime(cost, { ...shape, latency: Number.NaN })).toThrow('latency: got NaN');
    expect(() => stepTime(cost, { ...shape, bandwidth: 0 })).toThrow('bandwidth: got 0, expected a number above 0.');
    expect(() => stepTime({ ...cost, secondsPerByte: -1 }, shape)).toThrow('secondsPerByte: got -1');
    expect(() => stepTime({ ...cost, rounds: [{ leaves: 1.5, leafSeconds: 0, bytes: 0 }] }, shape)).toThrow('leaves');
  });
});

describe('whereItStopsPaying', () => {
  it('names the fewest machines with the fastest step, and the most that do their share', () => {
    fc.assert(
      fc.property(step, cluster, seconds(1), (cost, shape, share) => {
        const efficiency = Math.max(share, 0.01);
        const { machines: _, ...line } = shape;
        const most = 40;
        const found = whereItStopsPaying(cost, line, { efficiency, most });
        const times = Array.from({ length: most }, (_, n) => stepTime(cost, { ...shape, machines: n + 1 }));
        const best = times[found.fastest - 1].seconds;
        times.forEach((time, index) => {
          if (index < found.fastest - 1) expect(time.seconds).toBeGreaterThan(best);
          expect(time.seconds).toBeGreaterThanOrEqual(best);
          if (index >= found.paying) expect(time.efficiency).toBeLessThan(efficiency);
        });
        if (found.paying > 0) expect(times[found.paying - 1].efficiency).toBeGreaterThanOrEqual(efficiency);
      }),
      { numRuns: 30 },
    );
  });

  it('is the number of leaves on lines without latency and bound', () => {
    const cost = { rounds: [{ leaves: 24, leafSeconds: 1, bytes: 4 }], ...FREE };
    expect(whereItStopsPaying(cost, { cores: 1, ...IDEAL })).toEqual({ fastest: 24, speedup: 24, paying: 48 });
    expect(whereItStopsPaying(cost, { cores: 4, ...IDEAL }).fastest).toBe(6);
  });

  it('refuses a share that is none', () => {
    const cost = { rounds: [], ...FREE };
    const options = { efficiency: 0 };
    expect(() => whereItStopsPaying(cost, { cores: 1, latency: 0, bandwidth: 1 }, options)).toThrow(
      'whereItStopsPaying: efficiency: got 0, expected a number above 0, at most 1.',
    );
  });
});
