/** Radius of the brush in pixels. */
const RADIUS = 1.1;
/** Pixels over which its edge fades. */
const EDGE = 0.8;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Draws a line into a picture with a round, soft brush.
 *
 * @param image  [side, side], from 0 to 255; changed
 * @param from   in pixels, (0, 0) is the upper left corner of the picture
 * @param erases whether it draws black instead of white
 */
export function stroke(image: Uint8Array, side: number, from: Point, to: Point, erases: boolean): void {
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const distance = distanceToLine({ x: column + 0.5, y: row + 0.5 }, from, to);
      const cover = Math.max(0, Math.min(1, (RADIUS + EDGE / 2 - distance) / EDGE));
      const at = row * side + column;
      image[at] = erases ? Math.min(image[at], 255 * (1 - cover)) : Math.max(image[at], 255 * cover);
    }
  }
}

function distanceToLine(point: Point, from: Point, to: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((point.x - from.x) * dx + (point.y - from.y) * dy) / length;
  const part = Math.max(0, Math.min(1, along));
  return Math.hypot(point.x - from.x - part * dx, point.y - from.y - part * dy);
}
