import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableThreads } from '@weft/pool';
import { commandLine, wrongUsage } from '../../../scripts/command-line.js';
import { afterwards, describeMachine, machine } from '../machine.js';
import { availableNumerics } from '../numerics.js';
import { columnsOf } from '../releases.js';
import { compare, type Entry } from './compare.js';
import { NETWORK_IDS, networkOf } from './networks.js';
import { howToGet, isInstalled, PEERS, PEERS_FOLDER } from './peers.js';
import { peerTable } from './table.js';

const { values, positionals } = commandLine({
  name: 'pnpm bench:peers',
  arguments: ['PEER...'],
  about: `Measures the same network in other engines, side by side: ${PEERS.map(({ id }) => id).join(', ')}.`,
  options: {
    node: { value: 'N,N', default: '20,24,latest', help: 'Releases of Node for Weft, at all widths that each has.' },
    install: { help: 'Fetch the engines that are on npm into benchmarks/peers.' },
    network: { value: 'NAME', default: 'autoencoder', help: `What is measured: ${NETWORK_IDS.join(', ')}.` },
    batch: { value: 'N', help: "Examples a step. Default: the network's own, 256 for the autoencoder." },
    rounds: { value: 'N', default: '7', help: 'Rounds, in each of which all engines take a turn.' },
    seconds: { value: 'X', default: '2', help: "A task's share of a round." },
    threads: {
      value: 'N,N',
      default: [...new Set([1, availableThreads()])].join(),
      help: 'Numbers of threads to measure with.',
    },
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const known = PEERS.map(({ id }) => id);
const unknown = positionals.filter((name) => !known.includes(name));
const networkId = NETWORK_IDS.find((id) => id === values.network);
const network = networkOf(networkId ?? 'autoencoder');
const [batch, rounds, seconds, ...threads] = [
  values.batch ?? network.batch,
  values.rounds,
  values.seconds,
  ...values.threads.split(','),
].map(Number);

if (!networkId) {
  wrongUsage(`--network: got '${values.network}', expected ${NETWORK_IDS.join(', ')}.`);
} else if (unknown.length > 0) {
  wrongUsage(
    `There is no peer ${unknown.join(', ')}. Peers: ${known.join(', ')}; all that are installed without a name.`,
  );
} else if (![batch, rounds, ...threads].every((count) => Number.isInteger(count) && count >= 1) || !(seconds > 0)) {
  wrongUsage('--batch, --rounds and --threads take whole numbers from 1, --seconds a number above 0.');
} else if (values.install && !install()) {
  console.error('npm could not install the peers; what it said is above.');
  process.exitCode = 1;
} else {
  await run();
}

async function run(): Promise<void> {
  const wanted = PEERS.filter(({ networks }) => networks?.includes(network.id) ?? true).filter(
    ({ id }) => positionals.length === 0 || id === 'weft' || positionals.includes(id),
  );
  const missing = wanted
    .filter((peer) => !isInstalled(peer))
    .map((peer) => ({ title: peer.title, command: howToGet(peer) }));
  for (const { title, command } of missing) console.log(`${title} is not installed. ${command} gets it.`);
  const say = (line: string) => console.log(line);
  const found = columnsOf(values.node.split(','), undefined, say);
  const columns = found.length > 0 ? found : columnsOf(undefined, undefined, say);
  const weft = columns.flatMap((column) =>
    availableNumerics().map((kind) => ({ column, fastMath: kind === 'relaxed' })),
  );
  const entries = wanted
    .filter(isInstalled)
    .flatMap((peer) =>
      (peer.isThreaded ? threads : [1]).flatMap((count): Entry[] =>
        (peer.id === 'weft' ? weft : [{ fastMath: false }]).map((way) => ({ peer, threads: count, ...way })),
      ),
    );
  const before = machine();
  const { results, failures } = await compare(entries, { network, batch, rounds, milliseconds: seconds * 1000, say });
  const at = afterwards(before);
  const table = peerTable(results, { title: network.title, batch, machine: describeMachine(at), missing, failures });
  console.log(`\n${table}`);
  const folder = new URL('../../results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const name = `peers-${network.id}-${new Date().toISOString().replaceAll(':', '-')}`;
  writeFileSync(
    new URL(`${name}.json`, folder),
    `${JSON.stringify({ machine: at, network: network.id, batch, results, missing, failures })}\n`,
  );
  const page = network.id === 'autoencoder' ? 'peers.md' : `peers-${network.id}.md`;
  writeFileSync(new URL(page, folder), table);
  console.log(`Written to benchmarks/results/${name}.json and ${page}`);
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
