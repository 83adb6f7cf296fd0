import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * A page of the site, which is a Markdown file of the repository.
 *
 * @typedef {object} Page
 * @property {string} source path in the repository
 * @property {string} path   path on the site, without `.md`
 * @property {string} text   what navigation calls it
 * @property {Group | null} group under which heading of the navigation it stands
 * @typedef {'Start' | 'Guides' | 'Reference' | 'Internals'} Group
 */

/**
 * Order and names of what navigation shows. A page of `docs` that is missing here is a guide by its own title.
 *
 * @type {readonly [source: string, path: string, group: Group, text: string][]}
 */
const KNOWN = [
  ['README.md', 'start', 'Start', 'Getting started'],
  ['examples/README.md', 'examples/index', 'Start', 'Examples'],
  ['docs/COMING-FROM-KERAS.md', 'guides/coming-from-keras', 'Guides', 'Coming from Keras'],
  ['docs/OWN-PICTURES.md', 'guides/own-pictures', 'Guides', 'Your own pictures'],
  ['docs/PICTURES.md', 'guides/pictures', 'Guides', 'Pictures in depth'],
  ['docs/STUDY.md', 'guides/study', 'Guides', 'Studies'],
  ['docs/SWEEP.md', 'guides/sweep', 'Guides', 'Sweeps'],
  ['docs/CLUSTER.md', 'guides/cluster', 'Guides', 'Several machines'],
  ['docs/BROWSER.md', 'guides/browser', 'Guides', 'In the browser'],
  ['docs/INTERCHANGE.md', 'guides/interchange', 'Guides', 'In and out'],
  ['docs/EXPLORE.md', 'guides/explore', 'Guides', 'Explore a run'],
  ['docs/SERVE.md', 'guides/serve', 'Guides', 'Follow a training'],
  ['docs/FEATURES.md', 'reference/features', 'Reference', 'What there is'],
  ['packages/cli/README.md', 'api/cli/index', 'Reference', 'The weft command'],
  ['datasets/README.md', 'reference/datasets', 'Reference', 'Data sets'],
  ['CHANGELOG.md', 'reference/changes', 'Reference', 'Changes'],
  ['docs/ARCHITECTURE.md', 'internals/architecture', 'Internals', 'Architecture'],
  ['docs/PERFORMANCE.md', 'internals/performance', 'Internals', 'Performance'],
  ['docs/RELIABILITY.md', 'internals/reliability', 'Internals', 'Reliability'],
  ['docs/REPRODUCIBILITY.md', 'internals/reproducibility', 'Internals', 'Reproducibility'],
  ['CONTRIBUTING.md', 'internals/contributing', 'Internals', 'Contributing'],
];

/** Markdown files that only other pages lead to. */
const LINKED = [
  'examples/fabric/README.md',
  'packages/analysis/test/fixtures/README.md',
  'reports/README.md',
  'reports/fashion-mnist/README.md',
  'docs/site/live/README.md',
];

/**
 * All pages that the repository has.
 *
 * @param {string} root the repository
 * @returns {Page[]} in the order of the navigation
 */
export function pagesOf(root) {
  const listed = KNOWN.filter(([source]) => existsSync(join(root, source)));
  const pages = listed.map(([source, path, group, text]) => ({ source, path, group, text }));
  const isNew = (/** @type {string} */ source) => pages.every((page) => page.source !== source);
  const documents = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const guides = documents
    .map((name) => `docs/${name}`)
    .filter(isNew)
    .map((source) => ({ source, path: `guides/${slug(source)}`, group: 'Guides', text: titleOf(root, source) }));
  const packages = readdirSync(join(root, 'packages'))
    .map((name) => ({ source: `packages/${name}/README.md`, path: `api/${name}/index`, group: null, text: '' }))
    .filter(({ source }) => isNew(source) && existsSync(join(root, source)));
  const linked = LINKED.filter((source) => existsSync(join(root, source))).map((source) => {
    return { source, path: source.replace(/\/?README\.md$/, '/index').toLowerCase(), group: null, text: '' };
  });
  return /** @type {Page[]} */ ([...pages, ...guides, ...packages, ...linked]);
}

/** @param {string} source */
const slug = (source) => basename(source, '.md').toLowerCase();

/**
 * @param {string} root
 * @param {string} source
 */
function titleOf(root, source) {
  return /^# (.+)$/m.exec(readFileSync(join(root, source), 'utf8'))?.[1] ?? source;
}
