import { Bench } from 'tinybench';
import { median, quartiles } from './statistics.js';

/** One measured thing: a line of the result file. */
export interface Measurement {
  readonly suite: string;
  readonly name: string;
  /** Median time of one run, in milliseconds. */
  readonly median: number;
  /** Where the middle half of the runs lies, in milliseconds. */
  readonly quartiles: readonly [number, number];
  readonly runs: number;
  /** A rate that follows from the median, and its unit. */
  readonly rate?: number;
  readonly unit?: string;
}

/** Something to be measured. */
export interface Case {
  readonly name: string;
  readonly run: () => void | Promise<void>;
  /** What one run gets done, in the unit a second. */
  readonly work?: number;
  readonly unit?: string;
}

/** Measures cases by tinybench: warm-up first, then runs for `time` milliseconds each. */
export async function measure(suite: string, cases: readonly Case[], time = 700): Promise<Measurement[]> {
  const results: Measurement[] = [];
  for (const { name, run, work, unit } of cases) {
    const bench = new Bench({ time, warmupTime: time / 2, iterations: 5, retainSamples: true });
    bench.add(name, run);
    await bench.run();
    const { result } = bench.tasks[0];
    if (!('latency' in result)) throw new Error(`${suite} ${name}: no result (${result.state})`);
    results.push(summarise(suite, name, result.latency.samples ?? [], work, unit));
  }
  return results;
}

/** Median and quartiles of times in milliseconds. */
export function summarise(
  suite: string,
  name: string,
  samples: readonly number[],
  work?: number,
  unit?: string,
): Measurement {
  const middle = median(samples);
  return {
    suite,
    name,
    median: middle,
    quartiles: quartiles(samples),
    runs: samples.length,
    ...(work !== undefined && unit !== undefined && { rate: work / (middle / 1000), unit }),
  };
}

/** A measurement as a line of text. */
export function lineOf({ suite, name, median, quartiles, rate, unit }: Measurement): string {
  const time = `${median.toPrecision(4)} ms`.padStart(12);
  const spread = `${quartiles[0].toPrecision(4)} to ${quartiles[1].toPrecision(4)}`.padStart(20);
  const speed = rate === undefined ? '' : `${rate.toPrecision(4)} ${unit}`.padStart(22);
  return `${suite.padEnd(12)} ${name.padEnd(44)} ${time} ${spread} ${speed}`;
}
