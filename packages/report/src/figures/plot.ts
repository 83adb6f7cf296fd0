import type { PlotArea } from './axes.js';

/** An axis as plain data, from which a browser draws what Node has drawn. */
export interface PlotAxis {
  /** Quantity and unit, as drawn. */
  readonly title: string;
  /** Values at its low and at its high end, in the unit of the data. */
  readonly domain: readonly [low: number, high: number];
  readonly ticks: readonly number[];
  readonly logarithmic: boolean;
  /** Only whole numbers are values, such as epochs. */
  readonly whole?: boolean;
}

/** Axes and plot area, in pixels of the figure's body. */
export interface PlotFrame {
  readonly area: PlotArea;
  /** Height of the body. */
  readonly height: number;
  readonly x: PlotAxis;
  readonly y: PlotAxis;
}

/** From the unit of the data to pixels. */
export interface PlotScales {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

/** The scales of a frame: the y axis grows upwards. */
export function plotScales({ area, x, y }: Pick<PlotFrame, 'area' | 'x' | 'y'>): PlotScales {
  return { x: axisScale(x, area.left, area.right), y: axisScale(y, area.bottom, area.top) };
}

/** From values of an axis to pixels, of which `from` are those of its low end. The bits are those of d3-scale. */
function axisScale({ domain, logarithmic }: PlotAxis, from: number, to: number): (value: number) => number {
  const position = logarithmic ? Math.log : (value: number) => value;
  const low = position(domain[0]);
  const length = position(domain[1]) - low;
  return (value) => {
    const share = length === 0 ? 0.5 : (position(value) - low) / length;
    return from * (1 - share) + to * share;
  };
}
