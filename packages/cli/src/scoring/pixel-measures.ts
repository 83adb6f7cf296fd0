import { perRegionOverlap, rocAuc } from '@weft/analysis';
import type { PixelMap } from './error-map.js';

/** Rows and columns of a heat map that are looked at, at most: larger ones are thinned out, as papers do. */
const MOST_SIDE = 256;

/** Bits of a float32 that are kept where there are many: 12 of the 23 of its fraction. */
const KEPT_BITS = 0xfffff800;
const MANY = 1 << 21;

/** How well heat maps find the pixels of defects. */
export interface PixelMeasures {
  /** Pictures whose masks are known. */
  readonly pictures: number;
  /** Area under the receiver operating characteristic of all their pixels. */
  readonly auroc: number;
  /** Per-region overlap, up to a false positive rate of 0.3; undefined where maps differ in size. */
  readonly perRegionOverlap: number | undefined;
  /** Of so many rows and columns one counts, in the largest picture. */
  readonly stride: number;
}

/** Collects heat maps and masks. */
export class PixelCollection {
  private readonly maps: { readonly heat: PixelMap; readonly mask: Uint8Array }[] = [];
  private stride = 1;

  add(heat: PixelMap, mask: Uint8Array): void {
    const stride = Math.ceil(Math.max(heat.height, heat.width) / MOST_SIDE);
    this.stride = Math.max(this.stride, stride);
    this.maps.push({
      heat: thinned(heat, Float32Array, heat.values, stride),
      mask: thinned(heat, Uint8Array, mask, stride).values,
    });
  }

  /** @returns undefined if there are no pixels of defects, or no others */
  measures(): PixelMeasures | undefined {
    const count = this.maps.reduce((sum, { mask }) => sum + mask.length, 0);
    const scores = new Float32Array(count);
    const masks = new Uint8Array(count);
    let at = 0;
    for (const { heat, mask } of this.maps) {
      scores.set(heat.values, at);
      masks.set(mask, at);
      at += mask.length;
    }
    if (!masks.includes(1) || !masks.includes(0)) return undefined;
    if (count > MANY) {
      const bits = new Uint32Array(scores.buffer);
      for (let pixel = 0; pixel < count; pixel++) bits[pixel] &= KEPT_BITS;
    }
    const [{ heat }] = this.maps;
    const { height, width } = heat;
    const isOneSize = this.maps.every((each) => each.heat.height === height && each.heat.width === width);
    return {
      pictures: this.maps.length,
      auroc: rocAuc(scores, masks),
      perRegionOverlap: isOneSize ? perRegionOverlap(scores, masks, { height, width }) : undefined,
      stride: this.stride,
    };
  }
}

function thinned<Values extends Float32Array | Uint8Array>(
  { height, width }: PixelMap,
  kind: new (length: number) => Values,
  values: Values,
  stride: number,
): { readonly height: number; readonly width: number; readonly values: Values } {
  if (stride === 1) return { height, width, values };
  const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const kept = new kind(rows * columns);
  for (let row = 0, to = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) kept[to++] = values[row * stride * width + column * stride];
  }
  return { height: rows, width: columns, values: kept };
}
