import type { ClusterStatus, WorkerStatus } from '@weft/cluster';
import { formatAmount, formatCount, formatTable } from '../terminal/text.js';

const HEADINGS = ['Worker', 'Machine', 'Threads', 'Does', 'Images/s', 'Traffic', 'Micro-batches', 'Refused'];
/** Characters of a machine's name that are shown. */
const LONGEST_HOST = 24;

const DOES: Readonly<Record<WorkerStatus['state'], string>> = {
  waiting: 'waits',
  joining: 'joins',
  training: 'trains',
  trial: 'performs a trial',
};

/** Sums over all workers. */
export function totalsOf({ workers, refused }: ClusterStatus) {
  const sum = (count: (worker: WorkerStatus) => number) => workers.reduce((total, worker) => total + count(worker), 0);
  return {
    workers: workers.length,
    threads: sum(({ threads }) => threads),
    imagesPerSecond: sum(({ examplesPerSecond = 0 }) => examplesPerSecond),
    bytesPerSecond: sum(({ bytesPerSecond = 0 }) => bytesPerSecond),
    refused: refused + sum((worker) => worker.refused),
  };
}

/** A cluster for people: a line each for server, coordinator and sums, and a table of workers. */
export function statusText(name: string, url: string, status: ClusterStatus): string {
  const { server, workers, trials } = status;
  const totals = totalsOf(status);
  const lines = [
    `Server       NATS ${server.version} at ${server.address}, ${server.isEncrypted ? 'encrypted' : 'not encrypted'}`,
    `Coordinator  ${coordinatorText(name, status)}`,
    `Trials       ${trials === 0 ? 'none' : `${formatCount(trials)} on the server`}`,
  ];
  if (workers.length === 0) {
    return [
      ...lines,
      `Workers      none. Start one with weft worker ${url}${name === 'default' ? '' : ` --name ${name}`}`,
    ].join('\n');
  }
  const sums = [
    `${totals.workers} with ${totals.threads} ${totals.threads === 1 ? 'thread' : 'threads'}`,
    `${formatCount(totals.imagesPerSecond)} images/s`,
    `traffic ${rate(totals.bytesPerSecond)}`,
    `${formatCount(totals.refused)} messages refused`,
  ];
  return [...lines, `Workers      ${sums.join(', ')}`, '', formatTable([HEADINGS, ...workers.map(cells)])].join('\n');
}

function coordinatorText(name: string, { coordinator }: ClusterStatus): string {
  if (!coordinator) return `none in the cluster ${name}`;
  const { work, host, id, isAlive } = coordinator;
  const who = `${oneLine(work)} on ${oneLine(host)} (${id})`;
  return isAlive ? who : `${who}, which is silent: weft train --resume goes on`;
}

function rate(bytes: number | undefined): string {
  if (bytes === undefined) return '?';
  return bytes < 0.5 ? 'none' : `${formatAmount(Math.round(bytes), 'B')}/s`;
}

function cells({
  id,
  host,
  threads,
  state,
  job,
  examplesPerSecond,
  bytesPerSecond,
  microBatches,
  refused,
}: WorkerStatus) {
  return [
    id,
    oneLine(host).slice(0, LONGEST_HOST),
    String(threads),
    job === undefined ? DOES[state] : oneLine(job),
    examplesPerSecond === undefined ? '?' : formatCount(examplesPerSecond),
    rate(bytesPerSecond),
    formatCount(microBatches),
    formatCount(refused),
  ];
}

/** What a worker says of itself, which may be anything, without what would break the table. */
const oneLine = (text: string) => text.replace(/\s+/g, ' ');
