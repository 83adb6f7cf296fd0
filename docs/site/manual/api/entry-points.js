import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What users import, as the packages' `exports` say. A package comes behind those that it depends on, so that what it
 * exports of theirs is documented with them.
 *
 * @param {string} root the repository
 * @returns {{ name: string, source: string }[]} each with its name, as in `@weft/core/program`, and its source file
 */
export function entryPoints(root) {
  const packages = join(root, 'packages');
  const folders = new Map(
    readdirSync(packages).map((folder) => {
      const manifest = JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8'));
      return [manifest.name, { folder, manifest }];
    }),
  );
  /** @type {Map<string, { name: string, source: string }[]>} */
  const found = new Map();
  const visit = (/** @type {string} */ name) => {
    const { folder, manifest } = folders.get(name) ?? {};
    if (folder === undefined || found.has(name)) return;
    Object.keys(manifest.dependencies ?? {}).forEach(visit);
    const points = Object.entries(manifest.exports).flatMap(([path, target]) => {
      const source = target['weft-source'];
      return source?.endsWith('.ts') ? [{ name: name + path.slice(1), source: join(packages, folder, source) }] : [];
    });
    found.set(name, points);
  };
  [...folders.keys()].forEach(visit);
  return [...found.values()].flat();
}
