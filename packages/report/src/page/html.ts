import { escapeMarkup } from '../text/escape.js';

/** A piece of HTML that is already markup; strings are text and get escaped. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | readonly (Html | string)[];

/** Template tag that escapes what is put in, unless it is itself {@link Html}. Lists are joined. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: texts.map((text, index) => text + (index < parts.length ? markupOf(parts[index]) : '')).join('') };
}

function markupOf(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeMarkup(String(part));
  return 'html' in part ? part.html : part.map(markupOf).join('');
}

export const nothing: Html = { html: '' };

/** Sentences as one paragraph. */
export function paragraph(sentences: readonly string[]): Html {
  return sentences.length === 0 ? nothing : html`<p>${sentences.join(' ')}</p>`;
}

/** A table with a caption; the first column names its row, the others are set to the right. */
export function table(caption: string, head: readonly string[], rows: readonly (readonly string[])[]): Html {
  if (rows.length === 0) return nothing;
  return html`<div class="scroll"><table><caption>${caption}</caption>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, index) => (index === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`))}</tr>\n`)}</tbody></table></div>`;
}

/** Two columns of names and texts, for facts that are not numbers to compare. */
export function facts(rows: readonly (readonly [string, string])[]): Html {
  return html`<dl>${rows.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>\n`)}</dl>`;
}
