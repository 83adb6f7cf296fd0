import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path/posix';

/** Files that people look at as they are: their addresses on the site begin with this. */
export const FILES = 'files';

/** A link or an image in Markdown; code is matched, too, to be passed over. */
const LINK = /```[\s\S]*?```|`[^`\n]*`|(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g;

/**
 * Rewrites links of a page, which lead through the repository, so that they lead through the site.
 *
 * - A Markdown file, and a folder that has a README, is a page of the site.
 * - The sources of the live pages are the live pages.
 * - A program is a page that shows it.
 * - Any other file is copied, and linked as it is.
 *
 * @param {string} markdown
 * @param {{ source: string, path: string }} page
 * @param {{ root: string, base: string, pages: ReadonlyMap<string, string>, need: (target: Target) => void }} site
 *   its path on its host; paths of pages by their sources; `need` is told of each file and program that a page leads to
 * @returns {string}
 * @throws {Error} if a link leads nowhere
 *
 * @typedef {{ kind: 'image' | 'file' | 'program', source: string }} Target
 */
export function rewriteLinks(markdown, page, { root, base, pages, need }) {
  return markdown.replace(LINK, (whole, image, text, target) => {
    if (target === undefined || /^(\w+:|#)/.test(target)) return whole;
    const [path, anchor] = target.split('#');
    const source = join(dirname(page.source), path).replace(/\/$/, '');
    const suffix = anchor === undefined ? '' : `#${anchor}`;
    const here = dirname(page.path);
    const to = (/** @type {string} */ place) => {
      const way = relative(here, place);
      return way.startsWith('.') ? way : `./${way}`;
    };
    const live = /^docs\/site\/live\/(\w+)$/.exec(source);
    if (live) return `[${text}](${base}live/${live[1]}/){target="_self"}`;
    const name = pages.get(source) ?? pages.get(`${source}/README.md`);
    if (name !== undefined) return `[${text}](${to(`${name}.md`)}${suffix})`;
    if (!existsSync(join(root, source))) throw new Error(`${page.source}: "${target}" leads nowhere.`);
    if (image) {
      need({ kind: 'image', source });
      return `![${text}](${to(source)})`;
    }
    if (statSync(join(root, source)).isDirectory()) {
      throw new Error(`${page.source}: "${target}" is a folder without a README, which a site cannot show.`);
    }
    if (source.endsWith('.md')) throw new Error(`${page.source}: "${target}" is no page. Name it in manual/pages.js.`);
    const kind = /\.(ts|js|py|sh)$/.test(source) ? 'program' : 'file';
    need({ kind, source });
    if (kind === 'program') return `[${text}](${to(`${programPath(source)}.md`)}${suffix})`;
    return `[${text}](${base}${FILES}/${source}){target="_self"}`;
  });
}

/**
 * Where a program is shown.
 *
 * @param {string} source path in the repository
 * @returns {string} path on the site, without `.md`
 */
export function programPath(source) {
  const [, name] = /^examples\/([\w-]+)\/main\.ts$/.exec(source) ?? [];
  return name ? `examples/${name}` : `sources/${source.replace(/\.(\w+)$/, '-$1')}`;
}
