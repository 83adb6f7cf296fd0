import type { FigureData } from '../figures/figure-data.js';
import type { PlotFrame } from '../figures/plot.js';
import type { Markup } from '../figures/svg.js';

/** The data of a figure in a page. */
export type ExplorableData = FigureData & { readonly title: string };

/** What is shown of a figure at the moment. */
export interface Shown {
  /** Its axes: those of the figure, or enlarged ones. */
  readonly frame: PlotFrame;
  /** Indices of the groups that are switched off. */
  readonly hidden: ReadonlySet<number>;
}

/** A place in pixels of the figure's body. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** Points that can be switched on and off together. */
export interface Group {
  readonly name: string;
  readonly colour: string;
  readonly shape: number;
}

/** Numbers behind a figure, as a table. */
export interface ValuesTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What the kinds of figures have in common: values at stops, which a pointer or arrow keys find. Stops are counted from 0. */
export interface Chart {
  /** What it is called for those who hear it. */
  readonly kind: string;
  readonly zooms: boolean;
  readonly groups: readonly Group[];
  /** The stop that belongs to a place, if one is near. */
  nearest(place: Place, shown: Shown): number | undefined;
  /** The stop that an arrow key leads to from another; from nowhere to the first one. */
  step(stop: number | undefined, direction: Direction, shown: Shown): number | undefined;
  /** Where a stop is, in the unit of the data. */
  valueAt(stop: number): Place;
  /** A heading and the values of a stop. */
  readout(stop: number): readonly string[];
  /** What marks a stop on the picture. */
  highlight(stop: number, shown: Shown): readonly Markup[];
  /** Axes and content, where they differ from those of the picture. */
  axes(shown: Shown): readonly Markup[];
  content(shown: Shown): readonly Markup[];
  /** Draws what is too much for SVG, in pixels of the figure's body. */
  paint?(context: CanvasRenderingContext2D, shown: Shown): void;
  table(): ValuesTable;
}
