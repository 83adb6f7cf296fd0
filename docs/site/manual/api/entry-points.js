import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Those that most programs need. */
const READ_FIRST = ['@weft/core', '@weft/nn', '@weft/pool', '@weft/web'];

/**
 * What users import, as the packages' `exports` say. A package comes behind those that it depends on, so that what it
 * exports of theirs is documented with them.
 *
 * @param {string} root the repository
 * @returns {EntryPoint[]}
 *
 * @typedef {object} EntryPoint
 * @property {string} name        as in `@weft/core/program`
 * @property {string} source      path of its source file
 * @property {string} description what it is
 */
export function entryPoints(root) {
  const packages = join(root, 'packages');
  const folders = new Map(
    readdirSync(packages).map((folder) => {
      const manifest = JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8'));
      return [manifest.name, { folder, manifest }];
    }),
  );
  /** @type {Map<string, EntryPoint[]>} */
  const found = new Map();
  const visit = (/** @type {string} */ name) => {
    const { folder, manifest } = folders.get(name) ?? {};
    if (folder === undefined || found.has(name)) return;
    for (const needed of Object.keys(manifest.dependencies ?? {})) visit(needed);
    const points = Object.entries(manifest.exports).flatMap(([path, target]) => {
      if (!target['weft-source']?.endsWith('.ts')) return [];
      const source = join(packages, folder, target['weft-source']);
      const description = path === '.' ? manifest.description : firstComment(source);
      return [{ name: name + path.slice(1), source, description }];
    });
    found.set(name, points);
  };
  for (const name of [...READ_FIRST, ...folders.keys()]) visit(name);
  return [...found.values()].flat();
}

/**
 * What the second face of a package says of itself in its first line.
 *
 * @param {string} source
 */
function firstComment(source) {
  return /^\/\/ (.*)/.exec(readFileSync(source, 'utf8'))?.[1] ?? '';
}
