import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, installPackages, packPackages } from './packages.js';

const examples = fileURLToPath(new URL('../examples', import.meta.url));

/** Names of the examples' folders, in alphabetical order; a folder of pictures is none. */
export const exampleNames = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(examples, entry.name, 'package.json')))
  .map(({ name }) => name)
  .sort();

/**
 * Packs the packages, installs those that examples need in one folder as a stranger would, and compiles the examples
 * there: each becomes `NAME/main.js`.
 *
 * @param {string} folder           is made, and becomes a project
 * @param {readonly string[]} names of examples
 */
export function installExamples(folder, names) {
  for (const name of names) cpSync(join(examples, name), join(folder, name), { recursive: true });
  const needed = names.flatMap((name) => {
    const { dependencies } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8'));
    return Object.keys(dependencies);
  });
  installPackages(folder, packPackages(join(folder, 'tarballs')), [...new Set(needed)]);
  compile(
    folder,
    names.map((name) => `${name}/main.ts`),
  );
}
