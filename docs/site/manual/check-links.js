import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Elements that lead somewhere, and those that load something. */
const ELEMENT = /<(a|img|link|script|source|iframe)\b[^>]*>/g;
const TARGET = /\s(?:href|src)="([^"]*)"/;
const ID = /\s(?:id|name)="([^"]+)"/g;

/** Programs write HTML, too. */
const SCRIPT = /<script\b[^>]*>([\s\S]*?)<\/script>/g;

/**
 * Follows the links of all pages of a site, as they are in its files.
 *
 * @param {string} folder of the site
 * @param {string} base   path of the site on its host, such as `/weft/`
 * @returns {string[]} a sentence for each link that leads nowhere, and for each file that another host would be asked for
 */
export function brokenLinks(folder, base) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
  const pages = new Map(files.filter((path) => path.endsWith('.html')).map((path) => [path, read(folder, path)]));
  const ids = new Map([...pages].map(([path, html]) => [path, new Set(idsIn(html))]));
  return [...pages].flatMap(([path, html]) => {
    const address = new URL(base + path, 'http://site');
    return linksIn(html).flatMap(({ element, target }) => {
      const fault = faultOf(new URL(target, address), element, { folder, base, ids });
      return fault === undefined ? [] : [`${path}: "${target}" ${fault}`];
    });
  });
}

/**
 * @param {URL} url
 * @param {string} element
 * @param {{ folder: string, base: string, ids: ReadonlyMap<string, ReadonlySet<string>> }} site
 * @returns {string | undefined} what is wrong with a link
 */
function faultOf(url, element, { folder, base, ids }) {
  if (url.protocol === 'data:') return undefined;
  if (url.host !== 'site') return element === 'a' ? undefined : 'is loaded from another host.';
  const path = decodeURIComponent(url.pathname);
  if (!path.startsWith(base)) return `lies outside of ${base}.`;
  const file = path.slice(base.length).replace(/(^|\/)$/, '$1index.html');
  if (!existsSync(join(folder, file))) return 'leads nowhere.';
  const known = ids.get(file);
  const id = decodeURIComponent(url.hash.slice(1));
  return id === '' || known === undefined || known.has(id) ? undefined : `leads to a place that ${file} does not have.`;
}

/** @param {string} html */
function linksIn(html) {
  const text = html.replace(SCRIPT, (element) => element.slice(0, element.indexOf('>') + 1));
  return [...text.matchAll(ELEMENT)].flatMap(([tag, element]) => {
    const target = TARGET.exec(tag)?.[1];
    return target === undefined ? [] : [{ element, target: target.replaceAll('&amp;', '&') }];
  });
}

/** @param {string} html */
function idsIn(html) {
  return [...html.matchAll(ID)].map(([, id]) => id.replaceAll('&amp;', '&'));
}

/**
 * @param {string} folder
 * @param {string} path
 */
function read(folder, path) {
  return readFileSync(join(folder, path), 'utf8');
}
