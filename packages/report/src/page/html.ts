import { escapeMarkup } from '../text/escape.js';

/** A piece of HTML that is already markup; strings are text and get escaped. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | readonly (Html | string)[];

/**
 * Template tag that escapes what is put in, unless it is itself {@link Html}. Lists are joined.
 *
 * @example
 * const name = 'a < b';
 * html`<p>${name}</p>`.html; // '<p>a &lt; b</p>'
 */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: texts.map((text, index) => text + (index < parts.length ? markupOf(parts[index]) : '')).join('') };
}

function markupOf(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeMarkup(String(part));
  return 'html' in part ? part.html : part.map(markupOf).join('');
}

export const nothing: Html = { html: '' };

/**
 * Sentences as one paragraph.
 *
 * @example
 * paragraph(['It is done.', 'Look at it.']).html; // '<p>It is done. Look at it.</p>'
 */
export function paragraph(sentences: readonly string[]): Html {
  return sentences.length === 0 ? nothing : html`<p>${sentences.join(' ')}</p>`;
}

/** A cell of a table, where its text does not say it all. */
export interface TableCell {
  readonly text: string;
  /** By what a sortable table orders it, last if it is NaN; default: its text. */
  readonly order?: number;
  /** Where its text leads to: an address, or a path from the page. */
  readonly href?: string;
}

/**
 * A table with a caption. The first column names its row.
 *
 * @param textColumns how many columns from the left are text; the others are numbers and set to the right
 * @param sortable    whether a click on the head of a column sorts the rows, where a browser runs the page's script
 * @example
 * table('Errors', ['Model', 'MSE'], [['CAE', '0.011']]).html.includes('<td>0.011</td>'); // true
 */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | TableCell)[])[],
  textColumns = 1,
  { sortable = false }: { readonly sortable?: boolean } = {},
): Html {
  if (rows.length === 0) return nothing;
  const kind = (column: number) => (column < textColumns ? html` class="text"` : nothing);
  const headCells = head.map((cell, column) => html`<th scope="col"${kind(column)}>${cell}</th>`);
  const bodyRows = rows.map((row) => {
    const [first, ...others] = row;
    const cells = others.map((cell, index) => html`<td${kind(index + 1)}${orderOf(cell)}>${contentOf(cell)}</td>`);
    return html`<tr><th scope="row" class="text"${orderOf(first)}>${contentOf(first)}</th>${cells}</tr>\n`;
  });
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table${sortable ? SORTABLE : nothing}><caption>${caption}</caption>
<thead><tr>${headCells}</tr></thead>
<tbody>${bodyRows}</tbody></table></div>`;
}

/** The attribute of tables that a page's script makes sortable. */
export const SORTABLE: Html = { html: ' data-sortable=""' };

function orderOf(cell: string | TableCell): Html {
  return typeof cell === 'string' || cell.order === undefined ? nothing : html` data-order="${cell.order}"`;
}

function contentOf(cell: string | TableCell): Html | string {
  if (typeof cell === 'string') return cell;
  return cell.href === undefined ? cell.text : html`<a href="${cell.href}">${cell.text}</a>`;
}

/**
 * Two columns of names and texts, for facts that are not numbers to compare.
 *
 * @example
 * facts([['Model', 'CAE']]).html.includes('<dt>Model</dt><dd>CAE</dd>'); // true
 */
export function facts(rows: readonly (readonly [string, string])[]): Html {
  return html`<dl>${rows.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>\n`)}</dl>`;
}

/**
 * Sentences as items of a list.
 *
 * @example
 * list(['first', 'second']).html.includes('<li>second</li>'); // true
 */
export function list(items: readonly string[]): Html {
  return items.length === 0 ? nothing : html`<ul>${items.map((item) => html`<li>${item}</li>\n`)}</ul>`;
}

/**
 * A heading within a section.
 *
 * @example
 * subheading('Errors').html; // '<h3>Errors</h3>'
 */
export function subheading(title: string): Html {
  return html`<h3>${title}</h3>`;
}

/**
 * What is shown on a click only, such as a long table.
 *
 * @example
 * details('More', [paragraph(['Text.'])]).html; // '<details><summary>More</summary><p>Text.</p></details>'
 */
export function details(summary: string, body: readonly Html[]): Html {
  return html`<details><summary>${summary}</summary>${body}</details>`;
}
