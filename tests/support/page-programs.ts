import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pagesOf } from '../../docs/site/manual/pages.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Pages whose programs `tests/readme.test.ts` runs, as a stranger would. */
export const RUN_AS_STRANGER: readonly string[] = [
  'README.md',
  'packages/core/README.md',
  'packages/nn/README.md',
  'packages/formats/README.md',
  'packages/data/README.md',
  'packages/pool/README.md',
];

/** A block of code on a page. */
export interface Block {
  /** Path of the page in the repository. */
  readonly page: string;
  /** Its number among the blocks of its kind on the page, from 1. */
  readonly number: number;
  readonly code: string;
}

/** The blocks of all pages of the site in some languages. */
export function blocksIn(...languages: readonly string[]): Block[] {
  return pagesOf(root).flatMap(({ source: page }) => {
    const text = readFileSync(join(root, page), 'utf8');
    const found = text.matchAll(new RegExp(`^\`\`\`(?:${languages.join('|')})\n([\\s\\S]*?)^\`\`\``, 'gm'));
    return [...found].map(([, code], index) => ({ page, number: index + 1, code }));
  });
}
