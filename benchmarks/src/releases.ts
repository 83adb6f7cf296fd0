import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type NodeRelease, nodeAt, nodeRelease, type Simd, startOf, widthsOf } from '../../scripts/node-releases.js';
import type { Measurement } from './measure.js';
import { median } from './statistics.js';

/** A release of Node at a width: a column of the table. */
export interface Column {
  readonly node: NodeRelease;
  readonly simd: Simd;
}

/** A case in every column. */
export interface Row {
  readonly suite: string;
  readonly name: string;
  /** By column: the median of its rounds in milliseconds; NaN where it has no such case. */
  readonly medians: readonly number[];
  /** By column: the median of the rounds' ratios to the first column. */
  readonly ratios: readonly number[];
  /** By column: the median share of a reference, such as the core's peak; NaN where there is none. */
  readonly shares: readonly number[];
}

/**
 * The columns of some releases and widths, in their order. What is not to be had is left out.
 *
 * @param releases as npm names them; default this one
 * @param widths   default all that a release has on this processor
 * @param say      is told what is left out, and why
 */
export function columnsOf(
  releases: readonly string[] | undefined,
  widths: readonly Simd[] | undefined,
  say: (line: string) => void,
): Column[] {
  return (releases ?? [undefined]).flatMap((release) => {
    const node = release === undefined ? nodeAt(process.execPath) : nodeRelease(release);
    if ('missing' in node) {
      say(`Node ${release} is left out: ${node.missing}.`);
      return [];
    }
    const has = widthsOf(node);
    for (const simd of widths ?? []) {
      if (!has.includes(simd)) say(`Node ${node.version} has no ${simd} bits on this processor.`);
    }
    return has.filter((simd) => widths?.includes(simd) ?? true).map((simd) => ({ node, simd }));
  });
}

/**
 * Measures all columns round by round, so that they meet the same noise. Who is first rotates.
 *
 * @returns by column, by round
 */
export async function inTurns(
  columns: readonly Column[],
  rounds: number,
  measure: (column: Column, round: number) => Promise<Measurement[]>,
): Promise<Measurement[][][]> {
  const results = columns.map((): Measurement[][] => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < columns.length; turn++) {
      const which = (round + turn) % columns.length;
      results[which].push(await measure(columns[which], round));
    }
  }
  return results;
}

/** A column's heading. */
export function titleOf({ node, simd }: Column): string {
  return `${node.version.slice(1)} at ${simd}`;
}

/**
 * Every case that a column has, with its medians and ratios.
 *
 * @param results by column, by round
 */
export function rowsOf(results: readonly (readonly (readonly Measurement[])[])[]): Row[] {
  const found = results.map((rounds) => rounds.map((round) => new Map(round.map((each) => [keyOf(each), each]))));
  const cases = new Map(results.flat(2).map((each) => [keyOf(each), each]));
  return [...cases].map(([key, { suite, name }]) => {
    const numbers = (of: (each: Measurement | undefined) => number | undefined) =>
      found.map((rounds) => rounds.map((round) => of(round.get(key)) ?? Number.NaN));
    const medians = (columns: readonly (readonly number[])[]) =>
      columns.map((column) => median(column.filter((value) => !Number.isNaN(value))));
    const times = numbers((each) => each?.median);
    return {
      ...{ suite, name },
      medians: medians(times),
      ratios: medians(times.map((column) => column.map((time, round) => time / times[0][round]))),
      shares: medians(numbers((each) => each?.share)),
    };
  });
}

const keyOf = ({ suite, name }: Measurement) => `${suite} ${name}`;

/**
 * The rows as lines of text: milliseconds, how many times the first column's they are, and where there is one, the share
 * of the reference.
 */
export function linesOf(columns: readonly Column[], rows: readonly Row[]): string[] {
  const cell = ({ medians, ratios, shares }: Row, which: number) => {
    const ratio = which === 0 || Number.isNaN(ratios[which]) ? '' : ` x ${ratios[which].toFixed(2)}`;
    const share = Number.isNaN(shares[which]) ? '' : ` ${(100 * shares[which]).toFixed(0)} %`;
    return Number.isNaN(medians[which]) ? '' : `${medians[which].toPrecision(4)}${ratio}${share}`;
  };
  const line = (suite: string, name: string, cells: readonly string[]) =>
    `${suite.padEnd(9)} ${name.padEnd(58)} ${cells.map((text) => text.padStart(21)).join(' ')}`;
  return [
    line('suite', 'case, milliseconds', columns.map(titleOf)),
    ...rows.map((row) =>
      line(
        row.suite,
        row.name,
        columns.map((_, which) => cell(row, which)),
      ),
    ),
  ];
}

/**
 * What suites measure in a process of a column's own.
 *
 * @param args names of suites and options of `pnpm bench`
 */
export function measuredIn({ node, simd }: Column, args: readonly string[]): Promise<Measurement[]> {
  const { options, env } = startOf(node, simd);
  const script = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const child = spawn(node.path, [...options, script, ...args, '--json'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part) => {
    text += part;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(text));
      else reject(new Error(`Node ${node.version} ended with ${code}; what it said is above.`));
    });
  });
}
