/** Width and height of a picture, in pixels. */
export const SIDE = 28;

const CENTRE = SIDE / 2;
/** A row of coverage: an edge at the right border writes to one cell beyond it. */
const ROW = SIDE + 2;
const CURVE_PIECES = 4;
/** Distance of the control points of an eighth of a circle of radius 1 from the axis: tan(pi / 8). */
const OCTANT = Math.SQRT2 - 1;

/**
 * An outline: where it starts, then one piece an entry. [x, y] is a straight line to that point,
 * [controlX, controlY, x, y] a quadratic Bezier curve.
 *
 * x runs from -14 at the left border over 0 in the middle to 14; y from 0 at the top to 28. The unit is one pixel.
 */
export type Outline = readonly (readonly number[])[];

/** Where the pen is after a piece: its last two numbers. */
function endOf(piece: readonly number[]): readonly [number, number] {
  return [piece[piece.length - 2]!, piece[piece.length - 1]!];
}

/** The outline as a mirror beside the middle axis shows it, drawn backwards so that its direction of turn stays. */
export function mirror(outline: Outline): Outline {
  const [x, y] = endOf(outline[outline.length - 1]!);
  const pieces: number[][] = [[-x, y]];
  for (let i = outline.length - 1; i > 0; i--) {
    const piece = outline[i]!;
    const [startX, startY] = endOf(outline[i - 1]!);
    pieces.push(piece.length === 4 ? [-piece[0]!, piece[1]!, -startX, startY] : [-startX, startY]);
  }
  return pieces;
}

/** A small grey picture on which antialiased shapes are painted, from nothing but + - * / and square roots. */
export class Canvas {
  /** Brightness of each pixel, row by row: 0 is black, 1 is white. */
  readonly pixels = new Float64Array(SIDE * SIDE);
  /** Factor by which the cloth changes the shade of each pixel. */
  readonly cloth = new Float64Array(SIDE * SIDE).fill(1);

  /** Change of the covered area from each pixel to the next of its row, as in a summed-area table. */
  private readonly coverage = new Float64Array(SIDE * ROW);
  private firstRow = SIDE;
  private lastRow = -1;
  private xx = 1;
  private xy = 0;
  private yx = 0;
  private yy = 1;
  private dx = 0;
  private dy = 0;
  private penX = 0;
  private penY = 0;

  clear(): void {
    this.pixels.fill(0);
  }

  /**
   * Places everything drawn from now on: stretched, turned about the middle of the picture, then moved.
   *
   * @param halfTurn tangent of half the angle, clockwise; sine and cosine are rational in it
   */
  place(stretchX: number, stretchY: number, halfTurn: number, moveX: number, moveY: number): void {
    const norm = 1 + halfTurn * halfTurn;
    const cosine = (1 - halfTurn * halfTurn) / norm;
    const sine = (2 * halfTurn) / norm;
    this.xx = stretchX * cosine;
    this.xy = -stretchY * sine;
    this.yx = stretchX * sine;
    this.yy = stretchY * cosine;
    this.dx = CENTRE + moveX - this.xy * CENTRE;
    this.dy = CENTRE + moveY - this.yy * CENTRE;
  }

  /** Adds the inside of a closed outline to what `fill` will paint. */
  outline(outline: Outline): void {
    const [first] = outline;
    this.moveTo(first![0]!, first![1]!);
    for (let i = 1; i < outline.length; i++) {
      const piece = outline[i]!;
      if (piece.length === 4) this.curveTo(piece[0]!, piece[1]!, piece[2]!, piece[3]!);
      else this.lineTo(piece[0]!, piece[1]!);
    }
    this.lineTo(first![0]!, first![1]!);
  }

  /** Adds a symmetric shape, of which the outline is the right half from top to bottom. */
  symmetric(right: Outline): void {
    this.outline([...right, ...mirror(right)]);
  }

  /** Adds a shape and its mirror image. */
  both(right: Outline): void {
    this.outline(right);
    this.outline(mirror(right));
  }

  /** Adds a line of some width along an open outline. */
  line(outline: Outline, width: number): void {
    let [x, y] = endOf(outline[0]!);
    for (let i = 1; i < outline.length; i++) {
      const piece = outline[i]!;
      const [endX, endY] = endOf(piece);
      if (piece.length === 4) {
        const [startX, startY] = [x, y];
        for (let k = 1; k <= CURVE_PIECES; k++) {
          const t = k / CURVE_PIECES;
          const [a, b, c] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
          const nextX = a * startX + b * piece[0]! + c * endX;
          const nextY = a * startY + b * piece[1]! + c * endY;
          this.bar(x, y, nextX, nextY, width);
          x = nextX;
          y = nextY;
        }
      } else this.bar(x, y, endX, endY, width);
      x = endX;
      y = endY;
    }
  }

  /** Adds a line and its mirror image. */
  bothLines(right: Outline, width: number): void {
    this.line(right, width);
    this.line(mirror(right), width);
  }

  /** Adds an ellipse with its radii along the axes. */
  disc(x: number, y: number, radiusX: number, radiusY = radiusX): void {
    const inner = { x: radiusX * Math.SQRT1_2, y: radiusY * Math.SQRT1_2 };
    const control = { x: radiusX * OCTANT, y: radiusY * OCTANT };
    this.moveTo(x + radiusX, y);
    this.curveTo(x + radiusX, y + control.y, x + inner.x, y + inner.y);
    this.curveTo(x + control.x, y + radiusY, x, y + radiusY);
    this.curveTo(x - control.x, y + radiusY, x - inner.x, y + inner.y);
    this.curveTo(x - radiusX, y + control.y, x - radiusX, y);
    this.curveTo(x - radiusX, y - control.y, x - inner.x, y - inner.y);
    this.curveTo(x - control.x, y - radiusY, x, y - radiusY);
    this.curveTo(x + control.x, y - radiusY, x + inner.x, y - inner.y);
    this.curveTo(x + radiusX, y - control.y, x + radiusX, y);
  }

  /**
   * Paints all that was added since the last fill over what is there, and forgets it.
   *
   * @param shade brightness from 0 to 1, multiplied by the cloth's factor unless `plain`
   */
  fill(shade: number, plain = false): void {
    const { pixels, cloth, coverage } = this;
    for (let row = this.firstRow; row <= this.lastRow; row++) {
      let sum = 0;
      for (let column = 0; column < SIDE; column++) {
        const cell = row * ROW + column;
        sum += coverage[cell]!;
        coverage[cell] = 0;
        // Bars overlap at their joints; what is covered twice is covered.
        const covered = Math.min(1, Math.abs(sum));
        if (covered === 0) continue;
        const pixel = row * SIDE + column;
        const target = plain ? shade : shade * cloth[pixel]!;
        pixels[pixel]! += covered * (target - pixels[pixel]!);
      }
      coverage[row * ROW + SIDE] = 0;
      coverage[row * ROW + SIDE + 1] = 0;
    }
    this.firstRow = SIDE;
    this.lastRow = -1;
  }

  /** Writes the picture as bytes, 0 to 255, row by row. */
  writeTo(bytes: Uint8Array, offset: number): void {
    for (let i = 0; i < this.pixels.length; i++) {
      bytes[offset + i] = Math.floor(255 * Math.min(1, Math.max(0, this.pixels[i]!)) + 0.5);
    }
  }

  private bar(startX: number, startY: number, endX: number, endY: number, width: number): void {
    const lengthX = endX - startX;
    const lengthY = endY - startY;
    const length = Math.sqrt(lengthX * lengthX + lengthY * lengthY);
    if (length === 0) return;
    const normalX = (-lengthY / length) * (width / 2);
    const normalY = (lengthX / length) * (width / 2);
    this.moveTo(startX + normalX, startY + normalY);
    this.lineTo(startX - normalX, startY - normalY);
    this.lineTo(endX - normalX, endY - normalY);
    this.lineTo(endX + normalX, endY + normalY);
    this.lineTo(startX + normalX, startY + normalY);
  }

  private moveTo(x: number, y: number): void {
    this.penX = this.xx * x + this.xy * y + this.dx;
    this.penY = this.yx * x + this.yy * y + this.dy;
  }

  private lineTo(x: number, y: number): void {
    this.edgeTo(this.xx * x + this.xy * y + this.dx, this.yx * x + this.yy * y + this.dy);
  }

  private curveTo(controlX: number, controlY: number, x: number, y: number): void {
    const [startX, startY] = [this.penX, this.penY];
    const middleX = this.xx * controlX + this.xy * controlY + this.dx;
    const middleY = this.yx * controlX + this.yy * controlY + this.dy;
    const endX = this.xx * x + this.xy * y + this.dx;
    const endY = this.yx * x + this.yy * y + this.dy;
    for (let k = 1; k <= CURVE_PIECES; k++) {
      const t = k / CURVE_PIECES;
      const a = (1 - t) * (1 - t);
      const b = 2 * t * (1 - t);
      const c = t * t;
      this.edgeTo(a * startX + b * middleX + c * endX, a * startY + b * middleY + c * endY);
    }
  }

  /** Adds the area to the right of an edge, down positive and up negative, to each row it passes. */
  private edgeTo(x: number, y: number): void {
    const down = y > this.penY;
    const topX = down ? this.penX : x;
    const topY = down ? this.penY : y;
    const bottomX = down ? x : this.penX;
    const bottomY = down ? y : this.penY;
    this.penX = x;
    this.penY = y;
    const from = Math.max(0, topY);
    const to = Math.min(SIDE, bottomY);
    if (!(from < to)) return;
    const slope = (bottomX - topX) / (bottomY - topY);
    const firstRow = Math.floor(from);
    let row = firstRow;
    for (; row < to; row++) {
      const start = Math.max(from, row);
      const end = Math.min(to, row + 1);
      const height = down ? end - start : start - end;
      this.addPiece(row, topX + (start - topY) * slope, topX + (end - topY) * slope, height);
    }
    this.firstRow = Math.min(this.firstRow, firstRow);
    this.lastRow = Math.max(this.lastRow, row - 1);
  }

  /** Spreads the piece of an edge within one row over the pixels it crosses, by exact area. */
  private addPiece(row: number, startX: number, endX: number, height: number): void {
    const left = Math.min(SIDE, Math.max(0, Math.min(startX, endX)));
    const right = Math.min(SIDE, Math.max(0, Math.max(startX, endX)));
    const base = row * ROW;
    const firstColumn = Math.floor(left);
    if (right <= firstColumn + 1) {
      const beyond = height * ((left + right) / 2 - firstColumn);
      this.coverage[base + firstColumn]! += height - beyond;
      this.coverage[base + firstColumn + 1]! += beyond;
      return;
    }
    const density = height / (right - left);
    for (let column = firstColumn; column < right; column++) {
      const start = Math.max(left, column);
      const end = Math.min(right, column + 1);
      const part = density * (end - start);
      const beyond = part * ((start + end) / 2 - column);
      this.coverage[base + column]! += part - beyond;
      this.coverage[base + column + 1]! += beyond;
    }
  }
}
