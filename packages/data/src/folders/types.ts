import type { ImageDataset } from '../dataset.js';
import type { Fit } from '../pictures/resize.js';

/** A picture of a set, and the records that it has become: one, or its tiles. */
export interface SetPicture {
  /** Within the folder, with `/` between names; of `.npy` files with the number of the picture, `train.npy#12`. */
  readonly path: string;
  /** Rows and columns of the picture itself. */
  readonly height: number;
  readonly width: number;
  /** Number of its first record in the set, and how many it has. */
  readonly first: number;
  readonly count: number;
}

/**
 * Pictures of one size that lie in a file and are read at random. `fit`, `evaluate` and `predict` take it as an array
 * of examples.
 */
export interface RecordSet {
  readonly name: string;
  /** Records: pictures, or tiles of pictures. */
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** [height, width, channels] */
  readonly shape: readonly [number, number, number];
  readonly dtype: 'uint8';
  /** 1 / 255: a byte of 255 is an intensity of 1. */
  readonly scale: number;
  /** The class of each record, a number of `classNames`; 0 where there are no classes. */
  readonly labels: Int32Array;
  /** The picture of each record. */
  readonly paths: readonly string[];
  readonly pictures: readonly SetPicture[];
  /** Of all records in their order: the same for the same bytes, wherever they come from. */
  readonly sha256: string;
  /**
   * Reads records one after another, each in the order row, column, channel.
   *
   * @param indices numbers of records, from 0; a number may come twice
   * @param into    count x height x width x channels bytes
   * @throws RangeError for a number that there is not; DataError if the file cannot be read
   */
  read(indices: ArrayLike<number>, into: Uint8Array): Promise<void>;
  /**
   * All records in memory.
   *
   * @throws RangeError if there are more than 256 classes; DataError if the file cannot be read
   */
  toImageDataset(): ImageDataset;
}

/** A file that is not read, and why: the reason is a sentence. */
export interface BadPicture {
  readonly path: string;
  readonly reason: string;
}

/** What `openPictures` has found. */
export interface PictureFolder {
  /** The folder's name, without the path to it. */
  readonly name: string;
  /** `classNames[label]` names the class; sorted by code points. Empty where there are no classes. */
  readonly classNames: readonly string[];
  /** The class of what is not defective: the folder `good`, if there is one. */
  readonly normalClass: number | undefined;
  readonly train: RecordSet;
  readonly validation: RecordSet | undefined;
  readonly test: RecordSet | undefined;
  /** Whether the test set is a part of the pictures that was chosen here, since the folder has none. */
  readonly isTestHeldOut: boolean;
  /**
   * Records of the test set in the same order, of one channel: 255 where there is a defect. A label of 1 says that
   * there is a mask in `ground_truth`; where there is none, all is 0.
   */
  readonly masks: RecordSet | undefined;
  /** Files that were refused or are damaged, in the order of their paths. */
  readonly bad: readonly BadPicture[];
  /** Files that are no pictures by their names, or lie where no picture is expected. */
  readonly ignored: readonly string[];
  /** Of all sets with their labels and classes. */
  readonly sha256: string;
  /** Closes the files: no set can be read afterwards. */
  close(): void;
}

/** How far `openPictures` is. */
export interface PictureProgress {
  /** `look`: sizes are read. `decode`: the cache is written. `verify`: a cache or `.npy` file is checked. */
  readonly phase: 'look' | 'decode' | 'verify';
  /** Files, and in `verify` records. */
  readonly done: number;
  readonly total: number;
}

/** Options of `openPictures`. */
export interface PictureOptions {
  /** Resizes to so many pixels, [height, width] or both the same. Without `size` and `tile` all must have one size. */
  readonly size?: number | readonly [height: number, width: number];
  /** What becomes of a picture of another proportion, as for `resizeImage`. Default `stretch`. */
  readonly fit?: Fit;
  /** Cuts pictures into squares of so many pixels instead. */
  readonly tile?: number;
  /** Pixels that neighbouring tiles have in common. Default 0. */
  readonly overlap?: number;
  /** Default: 3 if any picture has colours, else 1; alpha is laid on black. */
  readonly channels?: 1 | 3 | 4;
  /** Whether files that are damaged or refused end the call (`stop`, the default) or are left out (`skip`). */
  readonly onBadImage?: 'skip' | 'stop';
  /** How much of each class is held out for testing where there is no test set; 0 holds nothing out. Default 0.2. */
  readonly testSplit?: number;
  /** The folder of the caches. Default: `WEFT_CACHE_DIR`, else `weft/pictures` in the system's folder for caches. */
  readonly cache?: string;
  /** Worker threads that decode. Default: as many as the system runs at once. */
  readonly threads?: number;
  /** Pictures of more pixels are refused. Default 100 million. */
  readonly maxPixels?: number;
  /** Pictures of more pixels are decoded one at a time. Default 4 million. */
  readonly largePixels?: number;
  /** Ends the call when the running pictures are decoded; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PictureProgress) => void;
  /** Receives what the caller should know, such as a damaged cache that is made anew. */
  readonly onWarning?: (message: string) => void;
}
