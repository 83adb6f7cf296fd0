import { asChannels, asDepth, type Picture, resizeImage } from '@weft/data';
import { type ErrorHeatmapsOptions, errorHeatmaps, type Figure } from '@weft/report';
import type { PictureModel } from '../pictures/picture-model.js';
import { type PixelMap, resizedMap } from './error-map.js';
import type { Scored } from './score-pictures.js';

/** So many pictures are shown. */
const SHOWN = 8;
/** Length of the sides of pictures that are cut into tiles: they may be of any size. */
const SIDE = 128;

/** A small picture, what the model makes of it, its errors and its mask. */
interface Shown {
  readonly className: string;
  readonly score: number;
  readonly picture: Uint8Array;
  readonly reconstruction: Uint8Array;
  readonly heat: Float32Array;
  readonly mask: Uint8Array | undefined;
}

/** Keeps the pictures of the highest scores of each class, to be shown. */
export class Gallery {
  private readonly byClass = new Map<string, Shown[]>();
  private readonly height: number;
  private readonly width: number;
  private readonly channels: 1 | 3;

  constructor(private readonly model: PictureModel) {
    const isTiled = model.preparation.kind === 'tile';
    this.height = isTiled ? SIDE : model.height;
    this.width = isTiled ? SIDE : model.width;
    this.channels = model.channels === 1 ? 1 : 3;
  }

  /** @throws BadPictureError if the model's outputs are no finite numbers */
  add({ picture: { className = '', score }, result, heat, mask }: Scored): void {
    const ofClass = this.byClass.get(className) ?? [];
    this.byClass.set(className, ofClass);
    const lowest = ofClass.at(-1);
    if (ofClass.length === SHOWN && lowest && lowest.score >= score) return;
    const { height, width } = heat;
    const masked: Picture = {
      height,
      width,
      channels: 1,
      depth: 8,
      data: (mask ?? new Uint8Array()).map((m) => m * 255),
    };
    ofClass.push({
      className,
      score,
      picture: this.small(result.picture),
      reconstruction: this.small(result.prepared.restore(result.outputs)),
      heat: this.smallMap(heat).values,
      mask: mask && Uint8Array.from(this.resized(masked).data, (value) => (value >= 128 ? 1 : 0)),
    });
    ofClass.sort((a, b) => b.score - a.score);
    ofClass.splice(SHOWN);
  }

  /** As many of each class as there is room for, the highest scores of a class first. */
  figure(heading: Pick<ErrorHeatmapsOptions, 'name' | 'title' | 'subtitle'>, datasetName: string): Figure {
    const chosen = this.chosen();
    const { height, width, channels } = this;
    const hasMasks = chosen.some(({ mask }) => mask?.includes(1));
    const blank = new Uint8Array(height * width);
    return errorHeatmaps({
      ...heading,
      dataset: { name: datasetName, synthetic: false, classNames: [], height, width, channels },
      pictures: joined(
        Uint8Array,
        chosen.map((each) => each.picture),
      ),
      reconstructions: joined(
        Uint8Array,
        chosen.map((each) => each.reconstruction),
      ),
      heatMaps: joined(
        Float32Array,
        chosen.map((each) => each.heat),
      ),
      ...(hasMasks && {
        masks: joined(
          Uint8Array,
          chosen.map((each) => each.mask ?? blank),
        ),
      }),
      captions: chosen.map(({ className, score }) => `${className} ${score.toPrecision(2)}`.trim()),
      errorName: 'Smoothed squared error',
    });
  }

  private chosen(): Shown[] {
    const classes = [...this.byClass.values()];
    const chosen = new Set<Shown>();
    for (let place = 0; place < SHOWN; place++) {
      for (const ofClass of classes) {
        if (chosen.size < SHOWN && ofClass[place]) chosen.add(ofClass[place]);
      }
    }
    return classes.flatMap((ofClass) => ofClass.filter((each) => chosen.has(each)));
  }

  private small(picture: Picture): Uint8Array {
    return this.resized(asChannels(picture, this.channels)).data as Uint8Array;
  }

  private resized(picture: Picture): Picture {
    const fit = this.model.preparation.kind === 'tile' ? 'pad' : 'stretch';
    return asDepth(resizeImage(picture, this.height, this.width, { fit }), 8);
  }

  private smallMap(map: PixelMap): PixelMap {
    return resizedMap(map, this.height, this.width, this.model.preparation.kind === 'tile' ? 'pad' : 'stretch');
  }
}

function joined<Values extends Uint8Array | Float32Array>(
  kind: new (length: number) => Values,
  parts: readonly (Uint8Array | Float32Array)[],
): Values {
  const all = new kind(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
