import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { satisfies } from 'semver';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { filesBelow, packageNames } from './support/packages.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Every package of others that an installed Weft brings along, and through whom. */
const RUNTIME: Readonly<Record<string, string>> = {
  '@bufbuild/protobuf': 'formats: reads and writes protocol buffers',
  '@canvas/image-data': '@cwasm/jpeg-turbo',
  '@cwasm/jpeg-turbo': 'data: reads JPEG, in WebAssembly',
  '@nats-io/jetstream': 'cluster: queues and streams on NATS',
  '@nats-io/kv': 'cluster: key-value buckets on NATS',
  '@nats-io/nats-core': '@nats-io/transport-node',
  '@nats-io/nkeys': '@nats-io/nats-core',
  '@nats-io/nuid': '@nats-io/nats-core',
  '@nats-io/obj': 'cluster: an object store on NATS',
  '@nats-io/transport-node': 'cluster: the connection to NATS',
  '@noble/hashes': 'train: SHA-256, without Node',
  '@resvg/resvg-wasm': 'report: draws SVG as PNG, in WebAssembly',
  '@types/ndarray': 'core: the types in its own types',
  'd3-array': 'report: ticks and extents',
  'd3-color': 'd3-scale-chromatic',
  'd3-format': 'd3-scale',
  'd3-interpolate': 'd3-scale',
  'd3-path': 'd3-shape',
  'd3-scale': 'report: scales of axes',
  'd3-scale-chromatic': 'report: colours of maps',
  'd3-shape': 'report: lines and areas',
  'd3-time': 'd3-scale',
  'd3-time-format': 'd3-scale',
  'dejavu-fonts-ttf': 'report: the font of the figures',
  'fast-png': 'report: writes PNG; data: reads it',
  fflate: 'fast-png; data: inflates PNG and TIFF',
  internmap: 'd3-array',
  iobuffer: 'fast-png',
  'iota-array': 'ndarray',
  'is-any-array': 'ml-matrix',
  'is-buffer': 'ndarray',
  'js-sha256': '@nats-io/obj',
  jsfive: 'formats: reads HDF5, of Keras',
  'ml-array-max': 'ml-matrix',
  'ml-array-min': 'ml-matrix',
  'ml-array-rescale': 'ml-matrix',
  'ml-matrix': 'analysis: singular values',
  ndarray: 'core: arrays are exchanged as ndarrays',
  pako: 'jsfive',
  papaparse: 'formats: reads and writes CSV',
  piscina: 'pool: worker threads',
  tweetnacl: '@nats-io/nkeys',
  zod: "report: the schema of a run's record",
};

interface Dependency {
  readonly version: string;
}
interface Entry {
  readonly cpu?: unknown;
  readonly os?: unknown;
  readonly libc?: unknown;
  readonly requiresBuild?: boolean;
}
interface Snapshot {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
interface Lockfile {
  readonly ignoredOptionalDependencies: readonly string[];
  readonly importers: Readonly<Record<string, { readonly dependencies?: Readonly<Record<string, Dependency>> }>>;
  readonly packages: Readonly<Record<string, Entry>>;
  readonly snapshots: Readonly<Record<string, Snapshot>>;
}

const lockfile: Lockfile = parse(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8'));

/** What the public packages need when they run, and all that this needs: names with versions, as the lockfile has them. */
function closure(): string[] {
  const found = new Set<string>();
  const visit = (name: string, version: string) => {
    const key = `${name}@${version}`;
    if (version.startsWith('link:') || found.has(key)) return;
    found.add(key);
    const { dependencies, optionalDependencies } = lockfile.snapshots[key];
    for (const [other, at] of Object.entries({ ...dependencies, ...optionalDependencies })) visit(other, at);
  };
  for (const name of packageNames) {
    const { dependencies = {} } = lockfile.importers[`packages/${name}`];
    for (const [other, { version }] of Object.entries(dependencies)) visit(other, version);
  }
  return [...found].sort();
}

const needed = closure();
const nameOf = (key: string) => key.slice(0, key.indexOf('@', 1));
/** Without the versions of peers, which stand in brackets. */
const entryOf = (key: string) => lockfile.packages[key.replace(/\(.*$/, '')];
const folderOf = (key: string) =>
  join(root, 'node_modules', '.pnpm', key.replace(/\(.*$/, '').replace('/', '+'), 'node_modules', nameOf(key));

describe('what an installed Weft brings along', () => {
  it('is the list that was agreed on, each in one version', () => {
    expect(needed.map(nameOf).sort()).toEqual(Object.keys(RUNTIME).sort());
  });

  it('leaves out the native helper that piscina would take', () => {
    expect(lockfile.ignoredOptionalDependencies).toEqual(['@napi-rs/nice']);
    expect(Object.keys(lockfile.packages).filter((key) => key.startsWith('@napi-rs/nice'))).toEqual([]);
  });

  it.each(needed)('%s runs nothing when it is installed, and is for every machine', (key) => {
    const { requiresBuild, cpu, os, libc } = entryOf(key);
    expect({ requiresBuild, cpu, os, libc }).toEqual({});
    const folder = folderOf(key);
    expect(existsSync(folder)).toBe(true);
    const { scripts = {}, gypfile, engines } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    // The oldest Node that Weft supports, and the newest that it is tested with.
    for (const node of ['20.19.0', '26.0.0']) expect(satisfies(node, engines?.node ?? '*'), node).toBe(true);
    expect(Object.keys(scripts).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
    expect(gypfile).toBeUndefined();
    expect(filesBelow(folder).filter((path) => /(\.(node|gyp|so|dylib|dll|exe))$/.test(path))).toEqual([]);
  });
});

it('trains, tests and draws where Node loads no native part', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-addons-'));
  try {
    const command = join(root, 'packages', 'cli', 'bin', 'weft.js');
    const run = join(folder, 'run');
    const options = ['--dataset', 'synthetic', '--limit', '40', '--test-limit', '12', '--epochs', '1'];
    const args = ['--no-addons', command, 'train', ...options, '--batch-size', '16', '--threads', '2', '--out', run];
    execFileSync(process.execPath, args, { cwd: folder, stdio: 'pipe' });
    expect(filesBelow(run)).toEqual(expect.arrayContaining(['figures/figure-8.png', 'report.html', 'run.json']));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
