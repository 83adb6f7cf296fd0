import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { availableThreads } from '@weft/pool';
import { afterwards, describeMachine, machine } from '../machine.js';
import { availableNumerics } from '../numerics.js';
import { compare, type Entry } from './compare.js';
import { howToGet, isInstalled, PEERS, PEERS_FOLDER } from './peers.js';
import { peerTable } from './table.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    install: { type: 'boolean', default: false },
    batch: { type: 'string', default: '256' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    threads: { type: 'string', default: [...new Set([1, availableThreads()])].join() },
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const known = PEERS.map(({ id }) => id);
const unknown = positionals.filter((name) => !known.includes(name));
const [batch, rounds, seconds, ...threads] = [
  values.batch,
  values.rounds,
  values.seconds,
  ...values.threads.split(','),
].map(Number);

if (unknown.length > 0) {
  fail(`There is no peer ${unknown.join(', ')}. Peers: ${known.join(', ')}; all that are installed without a name.`);
} else if (![batch, rounds, ...threads].every((count) => Number.isInteger(count) && count >= 1) || !(seconds > 0)) {
  fail('--batch, --rounds and --threads take whole numbers from 1, --seconds a number above 0.');
} else if (values.install && !install()) {
  fail('npm could not install the peers; what it said is above.');
} else {
  await run();
}

async function run(): Promise<void> {
  const wanted = PEERS.filter(({ id }) => positionals.length === 0 || id === 'weft' || positionals.includes(id));
  const missing = wanted
    .filter((peer) => !isInstalled(peer))
    .map((peer) => ({ title: peer.title, command: howToGet(peer) }));
  for (const { title, command } of missing) console.log(`${title} is not installed. ${command} gets it.`);
  const entries = wanted.filter(isInstalled).flatMap((peer) =>
    (peer.isThreaded ? threads : [1]).flatMap((count): Entry[] =>
      (peer.id === 'weft' ? availableNumerics() : ['exact']).map((numerics) => ({
        peer,
        threads: count,
        fastMath: numerics === 'relaxed',
      })),
    ),
  );
  const before = machine();
  const say = (line: string) => console.log(line);
  const { results, failures } = await compare(entries, { batch, rounds, milliseconds: seconds * 1000, say });
  const at = afterwards(before);
  const table = peerTable(results, { batch, machine: describeMachine(at), missing, failures });
  console.log(`\n${table}`);
  const folder = new URL('../../results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const name = `peers-${new Date().toISOString().replaceAll(':', '-')}`;
  writeFileSync(
    new URL(`${name}.json`, folder),
    `${JSON.stringify({ machine: at, batch, results, missing, failures })}\n`,
  );
  writeFileSync(new URL('peers.md', folder), table);
  console.log(`Written to benchmarks/results/${name}.json and peers.md`);
  if (failures.length > 0 || results.some(({ agreement, deviation }) => !agreement.agrees && deviation === undefined))
    process.exitCode = 1;
}

/** Binaries come with the packages: install scripts only fetch others, for graphics cards. */
function install(): boolean {
  const options = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  return (
    spawnSync('npm', options, { cwd: PEERS_FOLDER, stdio: 'inherit', shell: process.platform === 'win32' }).status === 0
  );
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 2;
}
