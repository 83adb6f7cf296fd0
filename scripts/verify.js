// Trains a short run in several ways and compares its weights with the value kept in verified-weights.json:
// node scripts/verify.js [--write], as `pnpm verify` does.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandLine } from './command-line.js';
import { killedAt } from './kill-test.js';
import { nodeRelease, startOf, widthsOf } from './node-releases.js';

const COMMAND = fileURLToPath(new URL('../packages/cli/bin/weft.js', import.meta.url));
const KEPT = new URL('./verified-weights.json', import.meta.url);

/** Both models for 12 steps each: batches that do not divide, a validation split, and noise. */
const SIZES = ['--limit', '500', '--test-limit', '12', '--batch-size', '68', '--epochs', '2', '--seed', '11'];
const RUN = ['--dataset', 'synthetic', ...SIZES, '--quiet'];

/** How often a run is killed that is to be, each time when twice as many files are half written. */
const KILLS = 3;

/** Releases of Node, by what npm is asked for. Without a network, the one that runs this is tried alone. */
const RELEASES = ['20', '22', '24', 'latest'];

/**
 * A way to train the run.
 *
 * @typedef {object} Way
 * @property {string} name
 * @property {readonly string[]} [args]
 * @property {Readonly<Record<string, string>>} [env]
 * @property {readonly string[]} [node] command that runs Node; default this one
 * @property {boolean} [killed] whether it is killed and resumed on the way
 */

/**
 * What has come of it.
 *
 * @typedef {object} Result
 * @property {string} name
 * @property {string} node version
 * @property {string} [sha256] of the weights of both models
 * @property {number} [numericsVersion]
 * @property {boolean} [failed] whether Node started and the run went wrong: that is no way to skip
 * @property {string} [note] why there is no result, or what else is to be said
 */

/** The ways of each release and width. */
export const WAYS = /** @type {readonly Way[]} */ ([
  ...[1, 2, 3, 5, 8].map((threads) => ({
    name: `${threads} thread${threads > 1 ? 's' : ''}`,
    args: ['--threads', String(threads)],
  })),
  { name: 'random delays in 3 workers', args: ['--threads', '3'], env: { WEFT_WORKER_DELAYS: '4' } },
  { name: 'killed and resumed, 2 threads', args: ['--threads', '2', '--checkpoint-every', '2steps'], killed: true },
]);

/**
 * Trains the run in some ways, one after another.
 *
 * @param {readonly Way[]} ways
 * @param {(result: Result) => void} [report]
 * @returns {Promise<Result[]>}
 */
export async function verify(ways, report = () => {}) {
  const folder = mkdtempSync(join(tmpdir(), 'weft-verify-'));
  try {
    const results = [];
    for (const [index, way] of ways.entries()) {
      const result = await trained(way, join(folder, String(index)));
      report(result);
      results.push(result);
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is kept: one value for all ways, and the numerics version that it belongs to. */
export function kept() {
  return /** @type {{ numericsVersion: number, sha256: string }} */ (JSON.parse(readFileSync(KEPT, 'utf8')));
}

/**
 * @param {Way} way
 * @param {string} out
 * @returns {Promise<Result>}
 */
async function trained({ name, args = [], env = {}, node = [process.execPath], killed = false }, out) {
  const started = spawnSync(node[0], [...node.slice(1), '--version'], { encoding: 'utf8' });
  const version = started.stdout?.trim() ?? '';
  if (started.status !== 0) return { name, node: version, note: `does not start: ${(started.stderr ?? '').trim()}` };
  let [kills, code, stderr] = [0, 0, ''];
  do {
    // Killed before its options were written, a run was never begun.
    const call = existsSync(join(out, 'options.json')) ? ['--resume', out, '--quiet'] : [...RUN, ...args, '--out', out];
    const dying = killed && kills < KILLS ? killedAt(4 * 2 ** kills, 'half') : {};
    const child = spawn(node[0], [...node.slice(1), COMMAND, 'train', ...call], {
      env: { ...process.env, ...env, ...dying },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status, signal) => {
        code = status ?? -1;
        if (signal === 'SIGKILL') kills++;
        resolve(undefined);
      });
    });
  } while (code === -1 && kills <= KILLS);
  if (code !== 0)
    return { name, node: version, failed: true, note: `exit code ${code}: ${stderr.trim().split('\n')[0]}` };
  const { models, numerics } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
  const sha256 = createHash('sha256').update(`${models.cae.weightsSha256} ${models.cdae.weightsSha256}`).digest('hex');
  const note = killed ? `killed ${kills} times` : undefined;
  return { name, node: version, sha256, numericsVersion: numerics.version, ...(note && { note }) };
}

/**
 * All ways of a release of Node, at every width that it has on this processor.
 *
 * @param {string} release
 * @returns {Way[]} none if npm does not bring it
 */
function waysOf(release) {
  const node = nodeRelease(release);
  if ('missing' in node) {
    console.log(`Node ${release} is skipped: ${node.missing}.`);
    return [];
  }
  const widths = widthsOf(node);
  if (!widths.includes('256')) console.log(`Node ${node.version} has 128 bits only on this processor.`);
  return widths.flatMap((simd) => waysIn(node, simd));
}

/**
 * All ways of a Node at a width.
 *
 * @param {import('./node-releases.d.ts').NodeRelease} node
 * @param {import('./node-releases.d.ts').Simd} simd
 * @returns {Way[]}
 */
export function waysIn(node, simd) {
  const { options, env } = startOf(node, simd);
  // A run so short would end before V8 has replaced its first code, which is never packed.
  const atOnce = simd === '256' ? ['--no-liftoff'] : [];
  return WAYS.map((way) => ({
    ...way,
    name: `${simd} bits, ${way.name}`,
    env: { ...env, ...way.env },
    node: [node.path, ...options, ...atOnce],
  }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = commandLine({
    name: 'pnpm verify',
    about: 'Trains a short run in several ways, and compares its weights with the value that is kept.',
    options: { write: { help: 'Keep the value that all ways agree on.' } },
  });
  // biome-ignore lint/suspicious/noUndeclaredEnvVars: no task of turbo reads it
  const emulated = process.env.WEFT_VERIFY_NODE?.split(' ');
  const releases = RELEASES.map(waysOf);
  const missing = releases.filter(({ length }) => length === 0).length;
  const ways = missing < RELEASES.length ? releases.flat() : [...WAYS];
  if (emulated) ways.push({ name: `WEFT_VERIFY_NODE, 2 threads`, args: ['--threads', '2'], node: emulated });
  console.log(`${'way'.padEnd(40)} ${'Node'.padEnd(10)} SHA-256 of the weights`);
  const results = await verify(ways, ({ name, node, sha256, failed, note }) => {
    console.log(
      `${name.padEnd(40)} ${node.padEnd(10)} ${sha256 ?? (failed ? 'FAILED' : 'skipped')}${note ? ` (${note})` : ''}`,
    );
  });
  const done = results.filter(({ sha256 }) => sha256);
  const [{ sha256 = '', numericsVersion = 0 }] = done;
  const agree = done.every((result) => result.sha256 === sha256) && !results.some(({ failed }) => failed);
  if (!agree) console.error('The ways do not agree, or a run has failed.');
  else if (values.write) {
    writeFileSync(KEPT, `${JSON.stringify({ numericsVersion, sha256 }, null, 2)}\n`);
    console.log(`All ${done.length} agree: written to scripts/verified-weights.json.`);
  }
  const isKept = agree && sha256 === kept().sha256 && numericsVersion === kept().numericsVersion;
  if (agree && !isKept) {
    const { numericsVersion: version, sha256: value } = kept();
    console.error(
      `The value kept is ${value}, of numerics version ${version}. Other bits need another NUMERICS_VERSION, a line in ` +
        'CHANGELOG.md, and then pnpm verify --write.',
    );
  }
  const skipped = `${results.length - done.length} ways and ${missing} releases were skipped`;
  if (isKept) console.log(`All ${done.length} ways give the value kept; ${skipped}.`);
  else process.exitCode = 1;
}
