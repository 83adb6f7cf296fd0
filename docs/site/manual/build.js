import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commandLine } from '../../../scripts/command-line.js';
import { brokenLinks } from './check-links.js';
import { pagesOf } from './pages.js';
import { built, root, site, staged } from './paths.js';
import { stagePages } from './stage.js';

/** A file by which a site of VitePress is known. */
const MADE_HERE = 'hashmap.json';

const { values } = commandLine({
  name: 'pnpm site',
  about: 'Builds the site as static files: the docs, the API reference and the live pages.',
  options: {
    base: { value: 'PATH', default: '/', help: 'Path of the site on its host, such as /weft/.' },
    out: { value: 'DIR', help: 'Where the files go. Default: docs/site/dist.' },
  },
});
await buildSite(values.base, resolve(values.out ?? site));

/**
 * @param {string} base
 * @param {string} out
 */
async function buildSite(base, out) {
  if (!/^\/(.*\/)?$/.test(base))
    return fail(`--base is "${base}". Give a path that begins and ends with /, as /weft/.`);
  if (!existsSync(join(site, 'live'))) return fail('The live pages are not built. Run pnpm build first.');
  if (out !== site && existsSync(out) && readdirSync(out).length > 0 && !existsSync(join(out, MADE_HERE))) {
    return fail(`${out} is not empty, and no site is in it. Give --out a folder that may be replaced.`);
  }
  // Only now: what answers --help needs nothing that is installed for the site alone.
  const [{ build }, { writeReference }] = await Promise.all([import('vitepress'), import('./api/typedoc.js')]);
  process.env.WEFT_SITE_BASE = base;
  try {
    rmSync(staged, { recursive: true, force: true });
    const missing = await writeReference();
    stagePages(pagesOf(root), staged, base);
    await build(import.meta.dirname, { outDir: built });
    publish(out);
    console.log(`The site is in ${out}.`);
    const faults = [...missing, ...brokenLinks(out, base)];
    if (faults.length > 0) fail(`It has ${faults.length} faults:\n${faults.join('\n')}`);
  } catch (error) {
    // Errors of bundlers carry all that they have read: only what they say is of use.
    fail(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

/**
 * Puts the site together. The live pages are built by themselves, and may be in use.
 *
 * @param {string} out
 */
function publish(out) {
  mkdirSync(out, { recursive: true });
  const old = readdirSync(out).filter((name) => out !== site || name !== 'live');
  for (const name of old) rmSync(join(out, name), { recursive: true });
  cpSync(built, out, { recursive: true });
  if (out !== site) cpSync(join(site, 'live'), join(out, 'live'), { recursive: true });
}

/** @param {string} message */
function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
