import { createHash } from 'node:crypto';
import { STYLE } from './style.js';

/**
 * The content security policy of a page, whatever came in through its data: nothing is fetched, and nothing runs but the
 * script of this very text.
 *
 * @param script the one script of the page, if it has one
 */
export function contentPolicy(script: string | undefined): string {
  return [
    "default-src 'none'",
    'img-src data:',
    `style-src '${sourceHash(STYLE)}'`,
    ...(script === undefined ? [] : [`script-src '${sourceHash(script)}'`]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** What allows an element of this text, and no other. */
function sourceHash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
