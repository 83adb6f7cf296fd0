import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { entryPoints } from './api/entry-points.js';
import { frontMatter, sections } from './home.js';
import { FILES, programPath, rewriteLinks } from './links.js';
import { root } from './paths.js';

/**
 * Stages the pages of the repository for VitePress, with the programs and files that they lead to. Each page stays the
 * one file that it is: nothing is written twice.
 *
 * @param {readonly import('./pages.js').Page[]} pages
 * @param {string} staged the folder, in which TypeDoc has written the reference
 * @param {string} base   path of the site on its host
 */
export function stagePages(pages, staged, base) {
  /** @type {Map<string, import('./links.js').Target>} */
  const targets = new Map();
  const need = (/** @type {import('./links.js').Target} */ target) => {
    targets.set(`${target.kind} ${target.source}`, target);
  };
  const places = new Map(pages.map(({ source, path }) => [source, path]));
  const context = { root, base, pages: places, need };
  const write = (/** @type {string} */ path, /** @type {string} */ text) => {
    mkdirSync(dirname(join(staged, path)), { recursive: true });
    writeFileSync(join(staged, path), text);
  };
  const copy = (/** @type {string} */ source, /** @type {string} */ path) =>
    cpSync(join(root, source), join(staged, path));

  for (const page of pages) {
    const text = rewriteLinks(read(page.source), page, context);
    write(`${page.path}.md`, `${text}\n${referenceAt(staged, page.path)}`);
  }
  write('index.md', rewriteLinks(homePage(), { source: 'README.md', path: 'index' }, context));
  write('api/index.md', packagesPage());
  copy('docs/site/live/shared/icon.svg', 'public/icon.svg');
  for (const { kind, source } of targets.values()) {
    if (kind === 'program') write(`${programPath(source)}.md`, programPage(source, places));
    else copy(source, kind === 'image' ? source : join('public', FILES, source));
  }
}

/**
 * The reference of a package, below its README: TypeDoc has written it where the page goes.
 *
 * @param {string} staged
 * @param {string} path of the page
 * @returns {string} nothing for other pages
 */
function referenceAt(staged, path) {
  if (!/^api\/[\w-]+\/index$/.test(path)) return '';
  const written = readFileSync(join(staged, `${path}.md`), 'utf8');
  return `\n## API\n${written.replace(/^# .*\n/, '').replace(/^##/gm, '###')}`;
}

/** All that can be imported, in the order in which it is best read. */
function packagesPage() {
  const rows = entryPoints(root).map(({ name, description }) => {
    return `| [${name}](${name.replace('@weft/', './')}/index.md) | ${description} |`;
  });
  return `# API\n\nEach function and class has an example, which the tests run.\n\n${['| Import | What it is |', '| --- | --- |', ...rows].join('\n')}\n`;
}

/** The home page: its front matter, and sections of the README. */
function homePage() {
  const written = read('README.md').split(/\n(?=## )/);
  const shown = sections.map((name) => {
    const section = written.find((each) => each.startsWith(`## ${name}\n`));
    if (section === undefined) throw new Error(`README.md has no section "${name}", which the home page shows.`);
    return section.trim();
  });
  // JSON is YAML.
  return `---\n${JSON.stringify(frontMatter, null, 2)}\n---\n\n${shown.join('\n\n')}\n`;
}

/**
 * @param {string} source
 * @param {ReadonlyMap<string, string>} pages
 */
function programPage(source, pages) {
  const isExample = pages.has('examples/README.md') && source.startsWith('examples/');
  const title = isExample ? basename(dirname(source)) : basename(source);
  const code = read(source).trimEnd();
  const run = isExample
    ? `Run it with \`node scripts/run-example.js ${title}\`, as [all examples](./index.md).\n\n`
    : '';
  return `---\naside: false\n---\n\n# ${title}\n\n\`${source}\`\n\n${run}\`\`\`\`${extname(source).slice(1)}\n${code}\n\`\`\`\`\n`;
}

/** @param {string} path in the repository */
function read(path) {
  return readFileSync(join(root, path), 'utf8');
}
