import { ImageError } from './errors.js';
import type { PictureFormat } from './picture.js';

interface Signature {
  readonly name: string;
  /** The file's first bytes, as characters from 0 to 255; `?` is any. */
  readonly begins: string;
  /** The format, if it is read. */
  readonly format?: PictureFormat;
}

const SIGNATURES: readonly Signature[] = [
  { name: 'PNG', begins: '\x89PNG\r\n\x1a\n', format: 'png' },
  { name: 'JPEG', begins: '\xff\xd8\xff', format: 'jpeg' },
  { name: 'TIFF', begins: 'II*\0', format: 'tiff' },
  { name: 'TIFF', begins: 'MM\0*', format: 'tiff' },
  { name: 'BigTIFF', begins: 'II+\0' },
  { name: 'BigTIFF', begins: 'MM\0+' },
  { name: 'GIF', begins: 'GIF8' },
  { name: 'WebP', begins: 'RIFF????WEBP' },
  { name: 'BMP', begins: 'BM????\0\0\0\0' },
  ...['avif', 'avis'].map((brand) => ({ name: 'AVIF', begins: `????ftyp${brand}` })),
  ...['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'mif1', 'msf1'].map((brand) => ({
    name: 'HEIC',
    begins: `????ftyp${brand}`,
  })),
  { name: 'JPEG 2000', begins: '\0\0\0\x0cjP  ' },
  { name: 'JPEG 2000', begins: '\xffO\xffQ' },
  { name: 'JPEG XL', begins: '\0\0\0\x0cJXL ' },
  { name: 'JPEG XL', begins: '\xff\x0a' },
  { name: 'PSD', begins: '8BPS' },
  { name: 'PDF', begins: '%PDF-' },
];

/**
 * The format of a file, by its first bytes.
 *
 * @throws ImageError with code `format` for another format of pictures, `not-an-image` for anything else
 */
export function sniff(bytes: Uint8Array): PictureFormat {
  const found = SIGNATURES.find(({ begins }) =>
    [...begins].every((character, at) => character === '?' || bytes[at] === character.charCodeAt(0)),
  );
  if (!found) throw new ImageError('not-an-image', 'The file is no PNG, JPEG or TIFF, whatever its name says.');
  if (found.format) return found.format;
  throw new ImageError(
    'format',
    `The format of the file is ${found.name}, which is not read: convert it to PNG, JPEG or TIFF.`,
  );
}
