import { median, quartiles } from '../statistics.js';
import type { Failure, PeerResult } from './compare.js';
import type { Task } from './job.js';

/** What the table needs besides the results. */
export interface TableOptions {
  /** What was measured. */
  readonly title: string;
  readonly batch: number;
  /** The machine in a line. */
  readonly machine: string;
  /** Peers that are not installed, and the command that gets each. */
  readonly missing: readonly { readonly title: string; readonly command: string }[];
  readonly failures: readonly Failure[];
}

const HEADINGS = ['Engine', 'Threads', 'Step', "Weft's", 'Forward', "Weft's", 'Memory', 'Differs by'] as const;

/** The comparison as a page of Markdown. */
export function peerTable(results: readonly PeerResult[], options: TableOptions): string {
  const { title, batch, machine, missing, failures } = options;
  const rows = results.map((result) => {
    const { agreement, memory, threads } = result;
    const differences = [agreement.output, ...(agreement.step === undefined ? [] : [agreement.step])];
    const verdict = differences.map((value) => value.toExponential(0)).join(', ');
    return [
      `${result.title} ${result.version}${result.batch === batch ? '' : ` (batches of ${result.batch})`}`,
      String(threads),
      ...(['step', 'forward'] as const).flatMap((task) => timesOf(result, task, results)),
      memory > 0 ? `${Math.round(memory / 1e6)} MB` : '',
      agreement.agrees ? verdict : `**${verdict}: another result**`,
    ];
  });
  const lists = [
    ...results.flatMap(({ title, agreement, deviation }) =>
      agreement.agrees || deviation === undefined ? [] : [`- ${title}: ${deviation}`],
    ),
    ...missing.map(({ title, command }) => `- ${title} is not installed. \`${command}\` gets it.`),
    ...failures.map(({ title, threads, reason }) => `- ${title} with ${threads} failed: ${reason}`),
  ];
  const against = sharesOfPeers(results.filter((result) => result.batch === batch));
  return [
    `# Weft and its peers: ${title}, ${batch} examples`,
    '',
    `${machine}. Milliseconds: the median and where the middle half lies.`,
    '',
    ...lines(HEADINGS, rows),
    ...(against.length > 0 ? ['', "Weft's time as a share of each peer's, on as many threads:", '', ...against] : []),
    ...(lists.length > 0 ? ['', ...lists] : []),
    '',
  ].join('\n');
}

/** Times of a task, and how they compare with those of Weft's first exact entry on as many threads in the same rounds. */
function timesOf(result: PeerResult, task: Task, results: readonly PeerResult[]): [string, string] {
  const rounds = result.times[task] ?? [];
  const all = rounds.flat();
  if (all.length === 0) return ['', ''];
  const [low, high] = quartiles(all);
  const text = `${formatted(median(all))} (${formatted(low)} to ${formatted(high)})`;
  const ratio = timesWeft(result, task, results);
  return [text, ratio === undefined ? '' : `x ${ratio.toPrecision(3)}`];
}

/** By Weft's entries: their times as shares of the peers', in the same rounds. */
function sharesOfPeers(results: readonly PeerResult[]): string[] {
  const peers = [...new Set(results.filter(({ id }) => id !== 'weft').map(({ title }) => title))];
  const columns = peers
    .flatMap((title) => (['step', 'forward'] as const).map((task) => ({ title, task })))
    .filter(({ title, task }) => results.some((each) => each.title === title && (each.times[task]?.length ?? 0) > 0));
  if (columns.length === 0) return [];
  const headings = ['Weft', 'Threads', ...columns.map(({ title, task }) => `${task}, ${title}`)];
  const rows = results
    .filter(({ id }) => id === 'weft')
    .map((weft) => [
      ...[weft.version, String(weft.threads)],
      ...columns.map(({ title, task }) => {
        const peer = results.find((each) => each.title === title && each.threads === weft.threads);
        return (peer && ratioOf(weft, peer, task)?.toFixed(2)) ?? '';
      }),
    ]);
  return lines(headings, rows);
}

/** A table in Markdown, with the numbers at the right. */
function lines(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const rule = headings.map((_, column) => (column === 0 ? '---' : '---:'));
  return [headings, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

/** How many times the time of Weft's first exact entry, on as many threads, a task takes. */
export function timesWeft(result: PeerResult, task: Task, results: readonly PeerResult[]): number | undefined {
  const weft = results.find(({ id, threads, fastMath }) => id === 'weft' && threads === result.threads && !fastMath);
  return weft && ratioOf(result, weft, task);
}

/**
 * How many times the other's time a task takes: the median of the rounds' ratios. A ratio within a round is of times
 * that met the same noise.
 */
function ratioOf(result: PeerResult, other: PeerResult, task: Task): number | undefined {
  const ratios = (result.times[task] ?? [])
    .map((times, round) => median(times) / median(other.times[task]?.[round] ?? []))
    .filter((ratio) => !Number.isNaN(ratio));
  return ratios.length === 0 ? undefined : median(ratios);
}

function formatted(milliseconds: number): string {
  return milliseconds >= 100 ? Math.round(milliseconds).toLocaleString('en') : milliseconds.toPrecision(3);
}
