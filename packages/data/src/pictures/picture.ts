/** Formats that are read. */
export type PictureFormat = 'png' | 'jpeg' | 'tiff';

/** A decoded picture: rows from the top, pixels from the left, channels together. */
export interface Picture {
  /** Columns of pixels. */
  readonly width: number;
  /** Rows of pixels. */
  readonly height: number;
  /** 1: grey, 2: grey and alpha, 3: RGB, 4: RGB and alpha. Alpha is not multiplied into the colours. */
  readonly channels: 1 | 2 | 3 | 4;
  /** Bits of a value: values reach from 0 to 255, or to 65,535. */
  readonly depth: 8 | 16;
  /** height x width x channels values: a Uint8Array for 8 bits, a Uint16Array for 16. */
  readonly data: Uint8Array | Uint16Array;
}

/** A picture that was read from a file. */
export interface DecodedPicture extends Picture {
  readonly format: PictureFormat;
}

/** What a file says of its picture: that which `decodeImage` returns, without the pixels. */
export interface PictureHeader {
  readonly format: PictureFormat;
  /** Columns of pixels, after the orientation was applied. */
  readonly width: number;
  /** Rows of pixels, after the orientation was applied. */
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly depth: 8 | 16;
  /** How the stored rows lie, as EXIF and TIFF number it from 1 to 8; 1 where nothing is to be turned. */
  readonly orientation: number;
}

/** How large a picture may be. */
export interface PictureLimits {
  /** Largest number of pixels, width times height; default 100,000,000. */
  readonly maxPixels?: number;
}

/** Pixels that a picture may have unless the caller says otherwise. */
export const MAX_PIXELS = 100_000_000;

/** Zeros for a picture of such a depth. */
export const valuesOf = (depth: 8 | 16, length: number): Uint8Array | Uint16Array =>
  depth === 8 ? new Uint8Array(length) : new Uint16Array(length);
