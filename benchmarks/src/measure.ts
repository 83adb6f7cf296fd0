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
  /** The rate as a fraction of something, and of what. */
  readonly share?: number;
  readonly shareOf?: string;
}

/** What one run gets done. */
export interface Work {
  /** In the unit, which is one a second: GFLOP for GFLOP/s. */
  readonly work?: number;
  readonly unit?: string;
  /** A rate in the same unit that this one is a share of. */
  readonly reference?: { readonly value: number; readonly name: string };
}

/** Something to be measured. */
export interface Case extends Work {
  readonly name: string;
  /** Gives what is timed; called right before. */
  readonly prepare: () => { readonly run: () => void };
}

/** Measures cases one after another by tinybench: warm-up first, then runs for `time` milliseconds each. */
export async function measureInTurn(suite: string, cases: readonly Case[], time = 700): Promise<Measurement[]> {
  const results: Measurement[] = [];
  for (const { name, prepare, ...work } of cases) {
    const { run } = prepare();
    const bench = new Bench({ time, warmupTime: time / 2, iterations: 5, retainSamples: true });
    bench.add(name, run);
    await bench.run();
    const { result } = bench.tasks[0];
    if (!('latency' in result)) throw new Error(`${suite} ${name}: no result (${result.state})`);
    results.push(summarise(suite, name, result.latency.samples ?? [], work));
  }
  return results;
}

/** Median and quartiles of times in milliseconds, and the rate that follows. */
export function summarise(
  suite: string,
  name: string,
  samples: readonly number[],
  { work, unit, reference }: Work = {},
): Measurement {
  const middle = median(samples);
  const rate = work === undefined ? undefined : work / (middle / 1000);
  return {
    suite,
    name,
    median: middle,
    quartiles: quartiles(samples),
    runs: samples.length,
    ...(rate !== undefined && unit !== undefined && { rate, unit }),
    ...(rate !== undefined && reference && { share: rate / reference.value, shareOf: reference.name }),
  };
}

/** A measurement as a line of text. */
export function lineOf({ suite, name, median, quartiles, rate, unit, share, shareOf }: Measurement): string {
  const time = `${median.toPrecision(4)} ms`.padStart(12);
  const spread = `${quartiles[0].toPrecision(4)} to ${quartiles[1].toPrecision(4)}`.padStart(20);
  const speed = rate === undefined ? '' : `${rate.toPrecision(4)} ${unit}`.padStart(22);
  const part = share === undefined ? '' : `  ${(100 * share).toFixed(0)} % of ${shareOf}`;
  return `${suite.padEnd(9)} ${name.padEnd(58)} ${time} ${spread} ${speed}${part}`;
}
