// Other releases of Node, from npm's packages of its binaries, and how they are started for a width of vectors.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {typeof import('./node-releases.d.ts')} Faces */

/** Where releases are kept from one call to the next. */
const CACHE = fileURLToPath(new URL('../node_modules/.cache/weft-node', import.meta.url));

export const FIRST_WIDE = 24;

export const WIDE_FLAG = '--experimental-wasm-revectorize';

/** @type {Faces['nodeRelease']} */
export function nodeRelease(release) {
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const prefix = join(CACHE, release);
  const path = join(prefix, 'node_modules', `node-${platform}`, 'bin', 'node');
  mkdirSync(prefix, { recursive: true });
  const options = ['--silent', '--no-save', '--ignore-scripts', '--fetch-retries', '0', '--prefix', prefix];
  const { status } = spawnSync('npm', ['install', ...options, `node-${platform}@${release}`], {
    stdio: 'ignore',
    shell: process.platform === 'win32',
  });
  if (status !== 0 && !existsSync(path)) return { missing: `npm does not bring node-${platform}@${release}` };
  return nodeAt(path);
}

/** @type {Faces['nodeAt']} */
export function nodeAt(path) {
  const { status, stdout, stderr, error } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  if (status !== 0) return { missing: `${path} does not start: ${(stderr || String(error)).trim()}` };
  const version = stdout.trim();
  return { path, version, major: Number(/^v(\d+)/.exec(version)?.[1]) };
}

/** @type {Faces['hasWideRegisters']} */
export function hasWideRegisters() {
  if (process.arch !== 'x64') return false;
  return process.platform !== 'linux' || /^flags\b.*\bavx2\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'));
}

/** @type {Faces['wideNodeAtHand']} */
export function wideNodeAtHand() {
  // biome-ignore lint/suspicious/noUndeclaredEnvVars: no task of turbo reads it
  const found = nodeAt(process.env.WEFT_NODE_24 || process.execPath);
  if ('missing' in found || widthsOf(found).includes('256')) return found;
  if (!hasWideRegisters()) return { missing: 'this processor has no AVX2' };
  return { missing: `Node ${found.version} packs nothing: let WEFT_NODE_24 name one from ${FIRST_WIDE} on` };
}

/** @type {Faces['wideNode']} */
export function wideNode(path) {
  if (path !== undefined) return nodeAt(path);
  const atHand = wideNodeAtHand();
  return 'missing' in atHand && hasWideRegisters() ? nodeRelease(String(FIRST_WIDE)) : atHand;
}

/** @type {Faces['widthsOf']} */
export function widthsOf({ major }) {
  return major >= FIRST_WIDE && hasWideRegisters() ? ['128', '256'] : ['128'];
}

/** @type {Faces['startOf']} */
export function startOf({ major }, simd) {
  return { options: simd === '256' && major >= FIRST_WIDE ? [WIDE_FLAG] : [], env: { WEFT_SIMD: simd } };
}

/** @type {Faces['callIn']} */
export function callIn(node, simd, url, name, argument) {
  const program = `
    const { ${name} } = await import(${JSON.stringify(url)});
    process.stdout.write(JSON.stringify(await ${name}(${JSON.stringify(argument)})));`;
  const { options, env } = startOf(node, simd);
  const { status, stdout, stderr } = spawnSync(node.path, [...options, '--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`${name} failed in Node ${node.version}: ${stderr.trim()}`);
  return JSON.parse(stdout);
}
