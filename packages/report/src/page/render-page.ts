import { SYNTHETIC_WARNING } from '../figures/svg.js';
import { type FigureBlock, figureHtml, figureId } from './figure-block.js';
import { type Html, html, nothing, paragraph } from './html.js';
import { STYLE } from './style.js';

// Whatever came in through the data: nothing runs and nothing is fetched.
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** A part of a page with a heading of its own. */
export interface PageSection {
  /** Lower-case letters, digits and `-`: what links within the page lead to. */
  readonly id: string;
  readonly title: string;
  readonly body: readonly (Html | FigureBlock)[];
}

/** A number to read first, with what it is. */
export interface Card {
  readonly value: string;
  readonly name: string;
}

export interface Page {
  readonly title: string;
  /** A short line below the title, such as where and when the page was made. */
  readonly meta?: string;
  /** The page is of drawn stand-in data, and says so. */
  readonly synthetic?: boolean;
  /** Sentences that say what came out. */
  readonly lead: readonly string[];
  readonly cards?: readonly Card[];
  readonly sections: readonly PageSection[];
  readonly footer: string;
  /** What wrote the page, such as `Weft 0.2.0`. */
  readonly generator?: string;
}

/**
 * A page as one HTML file that needs nothing else: no network, no script. Texts are escaped, and figures are embedded as
 * images, in which a browser runs no script either. Each {@link figureBlock} is numbered by its place in the page.
 *
 * @throws RangeError if a section's id is empty, has other characters than lower-case letters, digits and `-`, or comes twice
 * @example
 * renderPage({
 *   title: 'Scores of screws',
 *   lead: ['Of 120 pictures 7 lie above the threshold.'],
 *   cards: [{ value: '0.973', name: 'AUROC' }],
 *   sections: [{ id: 'curves', title: 'Curves', body: [figureBlock(roc)] }],
 *   footer: 'Written by Weft.',
 * });
 */
export function renderPage(page: Page): string {
  const { title, meta, synthetic, lead, cards = [], sections, footer, generator = 'Weft' } = page;
  requireIds(sections);
  const shown = numbered(sections);
  return html`<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="${generator}">
<title>${title} · Weft</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${meta === undefined ? nothing : html`<p class="meta">${meta}</p>`}
${synthetic ? html`<p class="warning" role="note">${SYNTHETIC_WARNING}.</p>` : nothing}
${paragraph(lead)}
${cards.length === 0 ? nothing : html`<div class="cards">${cards.map(card)}</div>`}
<nav aria-label="Contents"><ol>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ol></nav>
</header>
<main>
${shown.map(section)}
</main>
<footer>${footer}</footer>
</body>
</html>
`.html;
}

interface NumberedSection extends PageSection {
  readonly body: readonly Html[];
}

function numbered(sections: readonly PageSection[]): NumberedSection[] {
  let figures = 0;
  return sections.map((each) => ({
    ...each,
    body: each.body.map((part) => ('figure' in part ? figureHtml(part.figure, ++figures) : part)),
  }));
}

function section({ id, title, body }: NumberedSection): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`;
}

function card({ value, name }: Card): Html {
  return html`<div><strong>${value}</strong><span>${name}</span></div>\n`;
}

/** Ids of sections and names of figures, to which links lead, are unique. */
function requireIds(sections: readonly PageSection[]): void {
  const seen = new Set<string>();
  for (const { id, body } of sections) {
    if (!/^[a-z0-9-]+$/.test(id)) {
      throw new RangeError(
        `renderPage: the id of a section is ${JSON.stringify(id)}, expected lower-case letters, digits and "-".`,
      );
    }
    for (const name of [id, ...body.flatMap((part) => ('figure' in part ? [figureId(part.figure.name)] : []))]) {
      if (seen.has(name)) {
        throw new RangeError(`renderPage: ${JSON.stringify(name)} comes twice. Ids and names of figures are unique.`);
      }
      seen.add(name);
    }
  }
}
