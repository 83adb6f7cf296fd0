import { quantile } from '@weft/analysis';
import { encodePng } from '@weft/data';
import { heatMapColours } from '@weft/report';
import type { OutputFiles } from '../pictures/output-files.js';
import { largest, type PixelMap } from './error-map.js';

/** Pixels of heat maps that are kept until their colours are known: 256 MB. */
const MOST_PIXELS = 1 << 26;

/** One picture of a hundred may have brighter pixels than the brightest colour. */
const BRIGHTEST_SHARE = 0.99;

/**
 * Writes heat maps, all with the same colours so that they can be compared: the brightest is the 0.99 quantile of the
 * maps' largest values. Where they are too many to be kept in memory, that of the first ones.
 */
export class HeatMapFiles {
  private kept: { readonly name: string; readonly map: PixelMap }[] = [];
  private pixels = 0;
  private readonly maxima: number[] = [];
  private decided: number | undefined;

  constructor(
    private readonly files: OutputFiles,
    private readonly mostPixels: number = MOST_PIXELS,
  ) {}

  /** The error of the brightest colour; undefined until it is decided. */
  get brightest(): number | undefined {
    return this.decided;
  }

  /** @param map of values from 0 */
  async add(name: string, map: PixelMap): Promise<void> {
    this.kept.push({ name, map });
    this.pixels += map.values.length;
    this.maxima.push(largest(map.values));
    if (this.decided !== undefined || this.pixels > this.mostPixels) await this.flush();
  }

  /** Writes all that are kept. */
  async flush(): Promise<void> {
    if (this.kept.length === 0) return;
    this.decided ??= quantile(Float64Array.from(this.maxima), BRIGHTEST_SHARE) || 1;
    for (const { name, map } of this.kept) {
      const { height, width, values } = map;
      const data = heatMapColours(values, this.decided);
      await this.files.write(name, encodePng({ height, width, channels: 3, depth: 8, data }));
    }
    this.kept = [];
  }
}
