// Other releases of Node, from npm's packages of its binaries.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where releases are kept from one call to the next. */
const CACHE = fileURLToPath(new URL('../node_modules/.cache/weft-node', import.meta.url));

/** The first release whose V8 packs pairs of vectors into 256 bits. */
export const FIRST_WIDE = 24;

/** V8's switch for that. Releases before complain of it. */
export const WIDE_FLAG = '--experimental-wasm-revectorize';

/**
 * A release of Node that can be started.
 *
 * @typedef {object} NodeRelease
 * @property {string} path
 * @property {string} version such as v24.21.0
 * @property {number} major
 */

/**
 * Brings a release. Without a network, the one that was brought before serves.
 *
 * @param {string} release as npm names it: 24, 24.21.0, latest. `this` is the Node that runs.
 * @returns {NodeRelease | { missing: string }} or why it is not to be had
 */
export function nodeRelease(release) {
  if (release === 'this') return nodeAt(process.execPath);
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const prefix = join(CACHE, release);
  const path = join(prefix, 'node_modules', `node-${platform}`, 'bin', 'node');
  mkdirSync(prefix, { recursive: true });
  const options = ['--silent', '--no-save', '--ignore-scripts', '--fetch-retries', '0', '--prefix', prefix];
  const installed = spawnSync('npm', ['install', ...options, `node-${platform}@${release}`], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (installed.status !== 0 && !existsSync(path)) return { missing: `npm does not bring node-${platform}@${release}` };
  return nodeAt(path);
}

/**
 * @param {string} path
 * @returns {NodeRelease | { missing: string }}
 */
export function nodeAt(path) {
  const { status, stdout, stderr, error } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  const version = (stdout ?? '').trim();
  if (status !== 0) return { missing: `${path} does not start: ${(stderr || String(error)).trim()}` };
  return { path, version, major: Number(/^v(\d+)/.exec(version)?.[1]) };
}

/** Whether this processor has registers of 256 bits for V8 to use. Where nothing tells, it is taken to. */
export function hasWideRegisters() {
  if (process.arch !== 'x64') return false;
  return process.platform !== 'linux' || /^flags\b.*\bavx2\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'));
}

/**
 * A Node that packs pairs of vectors, if one is at hand: what `WEFT_NODE_24` names, else this one.
 *
 * @returns {NodeRelease | { missing: string }} or why there is none
 */
export function wideNodeAtHand() {
  if (!hasWideRegisters()) return { missing: 'This processor has no AVX2.' };
  // biome-ignore lint/suspicious/noUndeclaredEnvVars: no task of turbo reads it
  const found = nodeAt(process.env.WEFT_NODE_24 || process.execPath);
  if ('missing' in found || found.major >= FIRST_WIDE) return found;
  return { missing: `Node ${found.version} packs nothing: let WEFT_NODE_24 name one from ${FIRST_WIDE} on.` };
}

/**
 * A Node that packs pairs of vectors: one at a path, one at hand, or npm's.
 *
 * @param {string} [path]
 * @returns {NodeRelease | { missing: string }} or why there is none
 */
export function wideNode(path) {
  if (path !== undefined) return nodeAt(path);
  const atHand = wideNodeAtHand();
  return 'missing' in atHand && hasWideRegisters() ? nodeRelease(String(FIRST_WIDE)) : atHand;
}

/**
 * What a function of a module gives in another Node, at a width of vectors.
 *
 * @param {NodeRelease} node
 * @param {string} simd 128 or 256
 * @param {string} url of the module
 * @param {string} name of the function; it takes one argument that JSON can hold, and resolves to another
 * @param {unknown} argument
 * @throws Error with what that Node says if it fails
 */
export function callIn(node, simd, url, name, argument) {
  const program = `
    const { ${name} } = await import(${JSON.stringify(url)});
    process.stdout.write(JSON.stringify(await ${name}(${JSON.stringify(argument)})));`;
  const { status, stdout, stderr } = spawnSync(
    node.path,
    [...wideFlags(node, simd), '--input-type=module', '-e', program],
    {
      encoding: 'utf8',
      env: { ...process.env, WEFT_SIMD: simd },
      maxBuffer: 2 ** 30,
    },
  );
  if (status !== 0) throw new Error(`${name} failed in Node ${node.version}: ${stderr.trim()}`);
  return JSON.parse(stdout);
}

/**
 * What V8 of a release needs to be told to use a width.
 *
 * @param {NodeRelease} node
 * @param {string} simd 128 or 256
 * @returns {string[]}
 */
export function wideFlags({ major }, simd) {
  return simd === '256' && major >= FIRST_WIDE ? [WIDE_FLAG] : [];
}
