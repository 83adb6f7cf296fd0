import { SYNTHETIC_WARNING } from '../figures/svg.js';
import { EXPLORE_SCRIPT } from './explore-script.js';
import { type FigureBlock, figureDataHtml, figureHtml, figureId } from './figure-block.js';
import { type Html, html, nothing, paragraph, SORTABLE } from './html.js';
import { contentPolicy } from './policy.js';
import { STYLE } from './style.js';

/** Most bytes of a page: figures whose data would take more stay pictures. */
const MOST_BYTES = 5_000_000;
/** Of these, what is for everything but figures and their data. */
const OTHER_BYTES = 400_000;

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
 * A page as one HTML file that needs nothing else, no network and no script. Texts are escaped, and figures are embedded as
 * images, in which a browser runs no script. Each {@link figureBlock} is numbered by its place in the page.
 *
 * Where a figure has `data`, and a browser runs the one script of the page, it can be explored: values, zoom, classes and
 * pictures. The page's content security policy allows this script alone, by its hash. Figures whose data would make the
 * page larger than 5 MB stay pictures. The same script makes tables sortable that are meant to be.
 *
 * @throws RangeError if a section's id is empty, has other characters than lower-case letters, digits and `-`, or comes twice
 * @example
 * const roc = rocFigure({ name: 'roc', title: 'ROC', curves: [rocCurve([0.9, 0.4, 0.1], [1, 0, 0])] });
 * const page = renderPage({
 *   title: 'Scores of screws',
 *   lead: ['Of 120 pictures 7 lie above the threshold.'],
 *   cards: [{ value: '0.973', name: 'AUROC' }],
 *   sections: [{ id: 'curves', title: 'Curves', body: [figureBlock(roc)] }],
 *   footer: 'Written by Weft.',
 * });
 * page.startsWith('<!doctype html>'); // true
 */
export function renderPage(page: Page): string {
  const { title, meta, synthetic, lead, cards = [], sections, footer, generator = 'Weft' } = page;
  requireIds(sections);
  const shown = numbered(sections);
  const main = html`${shown.sections.map(section)}`;
  const script = shown.explorable || main.html.includes(`<table${SORTABLE.html}>`) ? EXPLORE_SCRIPT : undefined;
  return html`<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(script)}">
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
${main}
</main>
<footer>${footer}</footer>
${script === undefined ? nothing : { html: `<script>${script}</script>` }}
</body>
</html>
`.html;
}

interface NumberedSection extends PageSection {
  readonly body: readonly Html[];
}

function numbered(sections: readonly PageSection[]): { sections: NumberedSection[]; explorable: boolean } {
  let figures = 0;
  const parts = sections.flatMap(({ body }) => body.filter((part) => 'figure' in part));
  let room =
    MOST_BYTES - OTHER_BYTES - parts.reduce((sum, { figure }) => sum + (Buffer.byteLength(figure.svg) * 4) / 3, 0);
  let explorable = false;
  const shown = ({ figure, number }: FigureBlock) => {
    figures++;
    const data = figureDataHtml(figure);
    const fits = data !== undefined && Buffer.byteLength(data.html) <= room;
    if (fits) {
      explorable = true;
      room -= Buffer.byteLength(data.html);
    }
    return figureHtml(figure, number ?? figures, fits ? data : nothing);
  };
  const all = sections.map((each) => ({
    ...each,
    body: each.body.map((part) => ('figure' in part ? shown(part) : part)),
  }));
  return { sections: all, explorable };
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
