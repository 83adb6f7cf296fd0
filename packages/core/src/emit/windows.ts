import type { PoolAttributes } from '../operations/pooling.js';
import { type Window, windowPositions } from '../operations/window.js';
import type { FunctionBuilder, Local, Width } from './assembler.js';
import { local } from './functions.js';
import { keepAddress, WIDTH_BYTES, widthsOf } from './pairs.js';

/** What is written for one window: pointers at its first pixel and its result, for some channels. */
type WindowCode = (at: WindowPlace) => void;

export interface WindowPlace {
  /** Bytes from the beginning of the pooled arrays. */
  readonly element: Local;
  /** Bytes from the beginning of a vector of channels. */
  readonly column: Local;
  readonly width: Width;
  /**
   * Writes code for each place of the window that is not in the padding, and gives the address of its pixel.
   * `isFirst` is undefined where it depends on the window which place is the first outside of the padding.
   */
  forEachPlace(body: (place: number, address: Local, isFirst: boolean | undefined) => void): void;
}

/** Images that windows move over, in memory. */
export interface WindowGeometry {
  readonly window: Window;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Bytes from one row of an image to the next. */
  readonly rowBytes: number;
}

/** Pointers that are walked over the pooled arrays while windows move over images. */
export interface WindowPointers {
  readonly element: Local;
  readonly column: Local;
}

/** The geometry of images that lie one after another without gaps. */
export function geometryOf({ window, shape: [, height, width, channels] }: PoolAttributes): WindowGeometry {
  return { window, height, width, channels, rowBytes: width * channels * 4 };
}

/** Walks all windows of all images, and the channels of each. */
export function forEachWindow(f: FunctionBuilder, attributes: PoolAttributes, images: Local, body: WindowCode): void {
  const geometry = geometryOf(attributes);
  const pointers = { element: f.local('i32'), column: f.local('i32') };
  const image = f.local('i32');
  f.set(image, local(images));
  f.repeat(attributes.shape[0], () => {
    forEachWindowOfImage(f, geometry, image, pointers, body);
    f.increase(image, geometry.height * geometry.rowBytes);
  });
}

/** Walks the windows of one image, and the channels of each; `pointers.element` continues from where it is. */
export function forEachWindowOfImage(
  f: FunctionBuilder,
  { window, height, width: imageWidth, channels, rowBytes }: WindowGeometry,
  image: Local,
  { element, column }: WindowPointers,
  body: WindowCode,
): void {
  const [rows, columns] = windowPositions('maxPool2d', [1, height, imageWidth, channels], window);
  const [padTop, padLeft] = [window.padding[0][0], window.padding[1][0]];
  const pixelBytes = channels * 4;
  const reach = [
    (rows - 1) * window.strides[0] + window.size[0] - padTop,
    (columns - 1) * window.strides[1] + window.size[1] - padLeft,
  ];
  const checks = [padTop > 0 || reach[0] > height, padLeft > 0 || reach[1] > imageWidth];
  const [row, first, pixel, top, left] = Array.from({ length: 5 }, () => f.local('i32'));
  const isWithin = (position: Local, offset: number, length: number) => {
    f.get(position).i32(offset).op('add').i32(length).op('ltU');
  };
  const forEachPlace: WindowPlace['forEachPlace'] = (visit) => {
    for (let place = 0; place < window.size[0] * window.size[1]; place++) {
      const [i, j] = [Math.floor(place / window.size[1]), place % window.size[1]];
      // A window may begin in the padding, before the image: the sum wraps around, as an offset would not.
      const offset = i * rowBytes + j * pixelBytes;
      const inColumn = (write: () => void) => {
        if (!checks[1]) return write();
        isWithin(left, j, imageWidth);
        f.ifTrue(write);
      };
      const isFirst = checks.includes(true) ? undefined : place === 0;
      const write = () => inColumn(() => visit(place, keepAddress(f, pixel, offset), isFirst));
      if (checks[0]) {
        isWithin(top, i, height);
        f.ifTrue(write);
      } else {
        write();
      }
    }
  };
  const walkChannels = () => {
    for (const { width, times } of widthsOf(channels)) {
      f.repeat(times, () => {
        body({ element, column, width, forEachPlace });
        for (const pointer of [pixel, element, column]) f.increase(pointer, WIDTH_BYTES[width]);
      });
    }
  };
  f.set(row, (g) => {
    g.get(image)
      .i32(-padTop * rowBytes - padLeft * pixelBytes)
      .op('add');
  });
  f.set(top, (g) => g.i32(-padTop));
  f.repeat(rows, () => {
    f.set(first, local(row));
    f.set(left, (g) => g.i32(-padLeft));
    f.repeat(columns, () => {
      f.set(pixel, local(first));
      f.set(column, (g) => g.i32(0));
      walkChannels();
      f.increase(first, window.strides[1] * pixelBytes);
      f.increase(left, window.strides[1]);
    });
    f.increase(row, window.strides[0] * rowBytes);
    f.increase(top, window.strides[0]);
  });
}
