/** Which part of the plane is seen: the place in the middle, and pixels for each unit. Both axes have the same scale. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** Width and height of the picture, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A place in the plane, or on the screen. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Part of the picture that points fill when all are seen. */
const FILLED = 0.92;
/** How far one can look closer, and away, from where all points are seen. */
const [CLOSEST, FARTHEST] = [400, 0.5];

/** The view in which all points are seen. */
export function viewOfAll(xs: ArrayLike<number>, ys: ArrayLike<number>, { width, height }: Size): View {
  const [left, right] = extent(xs);
  const [bottom, top] = extent(ys);
  const scales = [width / (right - left), height / (top - bottom)].filter(
    (scale) => Number.isFinite(scale) && scale > 0,
  );
  return { x: (left + right) / 2, y: (bottom + top) / 2, scale: FILLED * Math.min(...scales, 1e9) };
}

function extent(values: ArrayLike<number>): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < values.length; at++) {
    least = Math.min(least, values[at]);
    most = Math.max(most, values[at]);
  }
  return [least, most];
}

/** Where a place in the plane is on the screen, from the upper left corner. */
export function toScreen({ x, y, scale }: View, { width, height }: Size, place: Place): Place {
  return { x: width / 2 + (place.x - x) * scale, y: height / 2 - (place.y - y) * scale };
}

/** The place in the plane that is seen at a place on the screen. */
export function toPlane({ x, y, scale }: View, { width, height }: Size, place: Place): Place {
  return { x: x + (place.x - width / 2) / scale, y: y - (place.y - height / 2) / scale };
}

/** The view after the plane was dragged by so many pixels. */
export function panned({ x, y, scale }: View, right: number, down: number): View {
  return { x: x - right / scale, y: y + down / scale, scale };
}

/**
 * The view after looking closer, or away; what is seen at a place on the screen stays there.
 *
 * @param factor above 1 looks closer
 * @param all    the view of all points, which bounds the scale
 */
export function zoomed(view: View, size: Size, factor: number, at: Place, all: View): View {
  const scale = Math.min(all.scale * CLOSEST, Math.max(all.scale * FARTHEST, view.scale * factor));
  const { x, y } = toPlane(view, size, at);
  return { x: x - (at.x - size.width / 2) / scale, y: y + (at.y - size.height / 2) / scale, scale };
}
