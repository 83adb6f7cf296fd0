import { capitalised, datasetTitle, type Figure } from './figure.js';
import type { FigureData } from './figure-data.js';
import { type Markup, SYNTHETIC_WARNING, shortened, svgDocument, TITLE_SIZE, textWidth } from './svg.js';
import { FIGURE_WIDTH } from './theme.js';

/** What stands above a figure. */
export interface FigureHeading {
  /** Stem of its file, and of the ids within its SVG: letters, digits, `-` and `_`. */
  readonly name: string;
  readonly title: string;
  /** What the figure is of: named below the title, with a warning if it is a stand-in. */
  readonly dataset?: { readonly name: string; readonly synthetic: boolean };
  /** The line below the title; default: the name of the data set. */
  readonly subtitle?: string;
}

/** The options that every figure has. */
export const HEADING_OPTIONS = ['name', 'title', 'dataset', 'subtitle'] as const;

/** What a figure shows, below its heading. */
export interface Drawing {
  /** Sentences, of which empty ones are left out. */
  readonly caption: readonly string[];
  /** For those who can't see the figure; default: the caption. */
  readonly description?: string | undefined;
  readonly body: readonly Markup[];
  /** Height of the body in pixels. */
  readonly height: number;
  /** What is drawn, if it can be explored. */
  readonly data?: FigureData | undefined;
}

/** Most pixels of a title: leaves a margin, and room for the warning beside it. */
const TITLE_ROOM = FIGURE_WIDTH - 48;
/** Bold letters are wider. */
const BOLD = 1.15;

/**
 * A figure with its heading; title and subtitle are cut where they don't fit.
 *
 * @throws RangeError if the name can't be that of a file
 */
export function composeFigure(heading: FigureHeading, { caption, description, body, height, data }: Drawing): Figure {
  const { name, title, dataset } = heading;
  if (!/^[A-Za-z0-9][\w-]{0,99}$/.test(name)) {
    throw new RangeError(
      `${JSON.stringify(name)} is no name of a figure. Expected at most 100 letters, digits, "-" and "_": it becomes the name of a file.`,
    );
  }
  const synthetic = dataset?.synthetic ?? false;
  const sentences = caption.filter(Boolean).join(' ');
  const warning = synthetic ? textWidth(SYNTHETIC_WARNING) * BOLD + 24 : 0;
  return {
    name,
    title,
    caption: sentences,
    svg: svgDocument({
      name,
      title,
      heading: shortened(title, (TITLE_ROOM - warning) / BOLD, TITLE_SIZE),
      subtitle: shortened(subtitleOf(heading), TITLE_ROOM),
      description: description ?? sentences,
      synthetic,
      width: FIGURE_WIDTH,
      height,
      body,
    }),
    ...(data && { data }),
  };
}

/** The line below the title. */
export function subtitleOf({ subtitle, dataset }: FigureHeading): string {
  return subtitle ?? (dataset ? capitalised(datasetTitle(dataset.name)) : '');
}
