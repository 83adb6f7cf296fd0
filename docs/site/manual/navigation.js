import { readFileSync } from 'node:fs';
import { topicId } from './api/topic-id.js';

/**
 * @typedef {{ text: string, link?: string, items?: Item[], collapsed?: boolean }} Item as VitePress wants it
 * @typedef {{ title: string, path?: string, children?: Node[] }} Node as TypeDoc has written it
 */

/**
 * The navigation of all pages but those of the API.
 *
 * @param {readonly import('./pages.js').Page[]} pages
 * @returns {Item[]}
 */
export function sidebarOf(pages) {
  /** @type {import('./pages.js').Group[]} */
  const groups = ['Start', 'Guides', 'Reference', 'Internals'];
  return groups.map((group) => {
    const items = pages
      .filter((page) => page.group === group)
      .map(({ text, path }) => ({ text, link: `/${path.replace(/index$/, '')}` }));
    const api = group === 'Reference' ? [{ text: 'API by package', link: '/api/' }] : [];
    return { text: group, items: [...api, ...items] };
  });
}

/**
 * The navigation of the API: all packages, and the topics of the one that is read.
 *
 * @param {string} path of what TypeDoc has written
 * @returns {Record<string, Item[]>} by the beginning of the address
 */
export function apiSidebars(path) {
  /** @type {Node[]} */
  const modules = JSON.parse(readFileSync(path, 'utf8'));
  const links = modules.map((module) => ({ text: module.title, link: addressOf(module) }));
  const own = modules.map((module, index) => {
    const { text, link } = links[index];
    const items = links.map((each) =>
      each.text === text ? { text, link, items: module.children?.map((topic) => topicOf(link, topic)) } : each,
    );
    return [link, [{ text: 'API', link: '/api/', items }]];
  });
  return Object.fromEntries([['/api/', [{ text: 'API', link: '/api/', items: links }]], ...own]);
}

/**
 * The topics of a package lead to their lists on its page, and open by their arrows.
 *
 * @param {string} page address of the package
 * @param {Node} topic
 * @returns {Item}
 */
function topicOf(page, { title, children = [] }) {
  const items = children.map((symbol) => ({ text: symbol.title, link: addressOf(symbol) }));
  return { text: title, link: `${page}#${topicId(title)}`, items, collapsed: true };
}

/** @param {Node} node */
function addressOf({ path = '' }) {
  return `/api/${path.replace(/(^|\/)index\.md$/, '$1').replace(/\.md$/, '')}`;
}
