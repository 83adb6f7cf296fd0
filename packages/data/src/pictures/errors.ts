/**
 * Why a picture is not read.
 *
 * - `empty`: no bytes
 * - `not-an-image`: bytes of no format of pictures that is known
 * - `format`: a format that is known and not read, such as GIF
 * - `coding`: a compression or layout that is not read
 * - `colour`: colours that are not read, such as CMYK
 * - `depth`: numbers of bits that are not read
 * - `animated`: more than one picture in time
 * - `pages`: more than one page
 * - `size`: no pixels
 * - `too-large`: more pixels than the limit
 * - `truncated`: the data end early
 * - `damaged`: the file contradicts itself or its format
 */
export type ImageErrorCode =
  | 'empty'
  | 'not-an-image'
  | 'format'
  | 'coding'
  | 'colour'
  | 'depth'
  | 'animated'
  | 'pages'
  | 'size'
  | 'too-large'
  | 'truncated'
  | 'damaged';

/** A picture that is not read. The message is one sentence about the file, without its name. */
export class ImageError extends Error {
  override readonly name = 'ImageError';

  constructor(
    readonly code: ImageErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
