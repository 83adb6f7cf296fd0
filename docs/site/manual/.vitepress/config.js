import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { slug } from 'github-slugger';
import { defineConfig } from 'vitepress';
import { apiSidebars, sidebarOf } from '../navigation.js';
import { pagesOf } from '../pages.js';
import { root, staged } from '../paths.js';

const { version } = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8'));

const base = process.env.WEFT_SITE_BASE ?? '/';

/** The key is the same on all machines. */
const SEARCH = 'Search (press /)';

/** Addresses that are no pages of VitePress: what is copied, and the live pages. They are checked afterwards. */
const isElsewhere = (/** @type {string} */ link) => /(^|\/)(live|files)\//.test(link);

export default defineConfig({
  title: 'Weft',
  description: 'Deep learning in pure TypeScript, on CPU threads.',
  lang: 'en',
  head: [['link', { rel: 'icon', href: `${base}icon.svg`, type: 'image/svg+xml' }]],
  srcDir: 'staged',
  cacheDir: 'cache',
  base,
  ignoreDeadLinks: [isElsewhere],
  metaChunk: true,
  // The index of the search is one file, fetched when somebody searches.
  vite: { build: { chunkSizeWarningLimit: 2000 } },
  markdown: {
    // As on GitHub, so that a link to a heading works in both places.
    anchor: { slugify: slug },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  themeConfig: {
    logo: { src: '/icon.svg', alt: '' },
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Guides', link: '/guides/own-pictures', activeMatch: '/guides/' },
      { text: 'API', link: '/api/', activeMatch: '/api/' },
      {
        text: 'Live',
        items: ['Denoise', 'Explore', 'Train'].map((text) => {
          return { text, link: `/live/${text.toLowerCase()}/`, target: '_self', noIcon: true };
        }),
      },
      { text: version, link: '/reference/changes' },
    ],
    sidebar: { '/': sidebarOf(pagesOf(root)), ...apiSidebars(join(staged, 'navigation.json')) },
    outline: { level: [2, 3] },
    search: {
      provider: 'local',
      options: { _render: indexed, translations: { button: { buttonText: SEARCH, buttonAriaLabel: SEARCH } } },
    },
  },
});

/**
 * What search reads of a page: of the reference the beginning, since its lists of parameters say little by themselves.
 *
 * @param {string} source
 * @param {import('vitepress').MarkdownEnv} env
 * @param {import('vitepress').MarkdownRenderer} renderer
 */
function indexed(source, env, renderer) {
  const isSymbol = /^api\/.*\/(?!index)/.test(env.relativePath);
  return renderer.render(isSymbol ? source.split(/\n## /)[0] : source, env);
}
