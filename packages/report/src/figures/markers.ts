import { coordinate } from './svg.js';

type Shape = readonly (readonly [number, number])[];

// Corners for a marker of radius 1; plus and cross are drawn as thick strokes would be.
const PLUS: Shape = [
  [-0.35, -1.2],
  [0.35, -1.2],
  [0.35, -0.35],
  [1.2, -0.35],
  [1.2, 0.35],
  [0.35, 0.35],
  [0.35, 1.2],
  [-0.35, 1.2],
  [-0.35, 0.35],
  [-1.2, 0.35],
  [-1.2, -0.35],
  [-0.35, -0.35],
];
const TRIANGLE: Shape = [
  [0, -1.25],
  [1.15, 0.85],
  [-1.15, 0.85],
];
const SHAPES: readonly (Shape | 'circle')[] = [
  'circle',
  square(0.9),
  TRIANGLE,
  turned(TRIANGLE, 180),
  turned(square(0.95), 45),
  PLUS,
  turned(PLUS, 45),
  turned(TRIANGLE, -90),
  turned(TRIANGLE, 90),
  hourglass(),
];

/** Number of distinct shapes before they repeat. */
export const MARKER_SHAPES = SHAPES.length;

/**
 * Path commands that draw a marker centred on the current point, so that one path can hold many: a few bytes a point.
 *
 * @param shape  any whole number >= 0; shapes repeat after {@link MARKER_SHAPES}
 * @param radius in pixels
 */
export function markerPath(shape: number, radius: number): string {
  const corners = SHAPES[shape % MARKER_SHAPES];
  const short = (value: number) => coordinate(value * radius);
  if (corners === 'circle') {
    return `m${short(-1)} 0a${short(1)} ${short(1)} 0 1 0 ${short(2)} 0a${short(1)} ${short(1)} 0 1 0 ${short(-2)} 0z`;
  }
  const steps = corners.map(([x, y], index) => {
    const [previousX, previousY] = index === 0 ? [0, 0] : corners[index - 1];
    return `${index === 0 ? 'm' : 'l'}${short(x - previousX)} ${short(y - previousY)}`;
  });
  return `${steps.join('')}z`;
}

function square(half: number): Shape {
  return [
    [-half, -half],
    [half, -half],
    [half, half],
    [-half, half],
  ];
}

function hourglass(): Shape {
  return [
    [-1, -1],
    [1, -1],
    [-1, 1],
    [1, 1],
  ];
}

function turned(shape: Shape, degrees: number): Shape {
  const [sine, cosine] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  return shape.map(([x, y]) => [x * cosine - y * sine, x * sine + y * cosine]);
}
