import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Piscina } from 'piscina';

const NAME = '@weft/pool';

/** What worker threads are made of. */
export interface InstalledFiles {
  readonly Piscina: typeof Piscina;
  /** URL of the file that workers begin with. */
  readonly worker: string;
  /** URL of the file that the thread that reads HDF5 begins with. */
  readonly hdf5: string;
}

/**
 * Workers, and piscina, begin in files of their own. Those are found where this package is installed, also from within a
 * bundle that holds the rest of it: a bundle has no such files.
 *
 * @param from URL of the module that asks
 * @throws Error saying what to do, if this package is not installed where it can be found from there
 */
export function installedFiles(from: string | undefined): InstalledFiles {
  const folder = packageFolder(from);
  const { Piscina } = createRequire(new URL('package.json', folder))('piscina') as typeof import('piscina');
  const [worker, hdf5] = ['worker', 'hdf5-worker'].map((name) => new URL(`dist/${name}.js`, folder).href);
  return { Piscina, worker, hdf5 };
}

function packageFolder(from: string | undefined): URL {
  try {
    // Here, or in the folder of the sources.
    const own = new URL('../package.json', from);
    if (nameIn(own) === NAME) return new URL('.', own);
  } catch {
    // A bundle lies anywhere, and one of CommonJS does not know where.
  }
  const start = from ?? pathToFileURL(`${process.cwd()}/`).href;
  try {
    return new URL('.', pathToFileURL(createRequire(start).resolve(`${NAME}/package.json`)));
  } catch (cause) {
    throw new Error(
      `${NAME} is in a bundle (${start}), but its worker threads begin in files of their own. ` +
        `Install it where the bundle runs: npm install ${NAME}, in the bundle's folder or one above it.`,
      { cause },
    );
  }
}

function nameIn(manifest: URL): unknown {
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }).name;
}
