import { escapeMarkup } from '../text/escape.js';
import { FONT_FAMILY, INK, MUTED_INK, PAPER, TEXT_SIZE, WARNING_INK } from './theme.js';

/** A piece of SVG that is already markup. A type of its own, so that raw text can't be taken for it. */
export interface Markup {
  readonly markup: string;
}

type Attributes = Record<string, string | number | undefined>;

/** An SVG element. Strings among the children are text and are escaped, as are all attributes. */
export function element(name: string, attributes: Attributes, ...children: (Markup | string)[]): Markup {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? coordinate(value) : escapeMarkup(value!)}"`)
    .join('');
  if (children.length === 0) return { markup: `<${name}${written}/>` };
  const content = children.map((child) => (typeof child === 'string' ? escapeMarkup(child) : child.markup)).join('');
  return { markup: `<${name}${written}>${content}</${name}>` };
}

export function group(attributes: Attributes, children: readonly Markup[]): Markup {
  return element('g', attributes, ...children, { markup: '' });
}

/** A line of text; `x`, `y` is its anchor on the baseline. */
export function label(x: number, y: number, text: string, attributes: Attributes = {}): Markup {
  return element('text', { x, y, ...attributes }, text);
}

/** A number with at most two decimals, enough for a hundredth of a pixel. */
export function coordinate(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Rough width in pixels of text set in the figures' font: errs on the wide side. */
export function textWidth(text: string, size: number = TEXT_SIZE): number {
  return text.length * size * 0.6;
}

/** Text cut to a width in pixels, with an ellipsis where it was cut. */
export function shortened(text: string, width: number, size: number = TEXT_SIZE): string {
  if (textWidth(text, size) <= width) return text;
  const characters = [...text];
  while (characters.length > 1 && textWidth(`${characters.join('')}…`, size) > width) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

export interface Sheet {
  readonly name: string;
  /** What the document is called. */
  readonly title: string;
  /** The title as it is drawn: may be shorter. */
  readonly heading: string;
  readonly subtitle: string;
  /** What the figure shows, for those who can't see it. */
  readonly description: string;
  readonly synthetic: boolean;
  readonly width: number;
  /** Height of the body, below the heading. */
  readonly height: number;
  /** Drawn with its origin at the left below the heading. */
  readonly body: readonly Markup[];
}

const MARGIN = 24;
export const HEADING_HEIGHT = 72;
export const TITLE_SIZE = 20;

/** A whole SVG document: white sheet, title, subtitle, the synthetic warning if it applies, and the body. */
export function svgDocument(sheet: Sheet): string {
  const { width } = sheet;
  const height = sheet.height + HEADING_HEIGHT;
  const heading = [
    label(MARGIN, 34, sheet.heading, { 'font-size': TITLE_SIZE, 'font-weight': 'bold' }),
    label(MARGIN, 58, sheet.subtitle, { fill: MUTED_INK }),
  ];
  if (sheet.synthetic) {
    heading.push(
      label(width - MARGIN, 34, SYNTHETIC_WARNING, { 'text-anchor': 'end', fill: WARNING_INK, 'font-weight': 'bold' }),
    );
  }
  const description = sheet.synthetic ? `${SYNTHETIC_WARNING}. ${sheet.description}` : sheet.description;
  const root = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${coordinate(width)} ${coordinate(height)}`,
      role: 'img',
      'aria-labelledby': `${sheet.name}-title ${sheet.name}-description`,
      'font-family': FONT_FAMILY,
      'font-size': TEXT_SIZE,
      fill: INK,
    },
    element('title', { id: `${sheet.name}-title` }, sheet.title),
    element('desc', { id: `${sheet.name}-description` }, description),
    element('rect', { width, height, fill: PAPER }),
    ...heading,
    group({ transform: `translate(0 ${HEADING_HEIGHT})` }, sheet.body),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root.markup}\n`;
}

export const SYNTHETIC_WARNING = 'Synthetic stand-in, not Fashion-MNIST';
