import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs a command quietly.
 *
 * @param {string} command
 * @param {string} folder where it runs
 * @param {readonly string[]} args
 * @returns {string} its standard output
 * @throws {Error} with all that it said, if it fails
 */
function run(command, folder, args) {
  const shell = process.platform === 'win32';
  const options = /** @type {const} */ ({ cwd: folder, encoding: 'utf8', stdio: 'pipe', shell, maxBuffer: 2 ** 26 });
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed.\n${stdout}${stderr}`, { cause: error });
  return stdout;
}

/** What pnpm is told to pack every public package. Recursively it would pack private ones as well. */
export const PACK = ['--filter', './packages/*', 'pack'];

/**
 * Packs every public package as it would be published.
 *
 * @param {string} destination folder for the tarballs
 * @returns {Map<string, string>} paths of the tarballs by the packages' names
 */
export function packPackages(destination) {
  mkdirSync(destination, { recursive: true });
  const output = run('npx', root, ['--yes', 'pnpm', ...PACK, '--pack-destination', destination, '--json']);
  /** @type {{ name: string, filename: string }[]} */
  const packed = JSON.parse(output.slice(output.indexOf('[')));
  return new Map(packed.map(({ name, filename }) => [name, filename]));
}

/**
 * Installs packages in a folder as a stranger would: with npm, from tarballs, knowing nothing of this repository.
 *
 * @param {string} folder                an empty folder, which becomes a project
 * @param {Map<string, string>} tarballs of all packages
 * @param {readonly string[]} names      packages to install; those they need come along
 */
export function installPackages(folder, tarballs, names) {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'stranger', private: true, type: 'module' }));
  const files = [...withDependencies(names)].map((name) => {
    const tarball = tarballs.get(name);
    if (tarball === undefined) throw new RangeError(`There is no package ${name} among ${[...tarballs.keys()]}.`);
    return tarball;
  });
  // Optional dependencies are native helpers of others, which Weft runs without.
  run('npm', folder, ['install', '--omit=optional', '--prefer-offline', '--no-audit', '--no-fund', ...files]);
}

/**
 * Packages of this repository, and those of them that they need.
 *
 * @param {readonly string[]} names
 * @param {Set<string>} found
 */
function withDependencies(names, found = new Set()) {
  for (const name of names.filter((each) => !found.has(each))) {
    found.add(name);
    const manifest = readFileSync(join(root, 'packages', name.replace('@weft/', ''), 'package.json'), 'utf8');
    const { dependencies = {} } = JSON.parse(manifest);
    withDependencies(
      Object.keys(dependencies).filter((each) => each.startsWith('@weft/')),
      found,
    );
  }
  return found;
}

/**
 * Compiles TypeScript in a folder against the types of what is installed there, as strictly as TypeScript can.
 *
 * @param {string} folder
 * @param {readonly string[]} files names of files in it
 * @param {readonly string[]} checks options that make it stricter
 */
export function compile(folder, files, checks = []) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--module', 'nodenext', '--target', 'es2022', '--strict', '--exactOptionalPropertyTypes'];
  const scope = ['--skipLibCheck', 'false', '--types', '', '--lib', 'es2023,esnext.disposable,dom'];
  run(process.execPath, folder, [tsc, ...options, ...checks, ...scope, ...files]);
}
