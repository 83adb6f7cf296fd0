import { ImageError } from '../errors.js';

/** The bytes of a TIFF file, and how to read numbers of them. */
export interface TiffBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly littleEndian: boolean;
  /** Where the first directory lies. */
  readonly first: number;
}

/** Fields of a picture, by tag. */
export interface Directory {
  /** The whole numbers of a field; undefined if there is no such field. */
  numbers(tag: number): number[] | undefined;
  /** Where the next directory lies; 0 for none. */
  readonly next: number;
}

const damaged = (what: string) => new ImageError('damaged', `This TIFF is damaged: ${what}.`);
const truncated = (what: string) => new ImageError('truncated', `This TIFF ends early: ${what}.`);

/** Bytes of a value by its type, of those that are whole numbers: BYTE, SHORT, LONG (TIFF 6.0, section 2). */
const SIZES: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4 };

/** @throws ImageError if the bytes do not begin as a TIFF */
export function readTiffHead(bytes: Uint8Array): TiffBytes {
  if (bytes.length < 8) throw truncated('its header is cut short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = bytes[0] === 0x49;
  if (view.getUint16(2, littleEndian) !== 42) throw damaged('its header is wrong');
  return { bytes, view, littleEndian, first: view.getUint32(4, littleEndian) };
}

/**
 * Reads a directory. Values of fields are read when they are asked for.
 *
 * @throws ImageError if it lies outside the file
 */
export function readDirectory({ view, littleEndian }: TiffBytes, at: number): Directory {
  if (at + 2 > view.byteLength) throw truncated('its directory lies behind its end');
  const count = view.getUint16(at, littleEndian);
  const end = at + 2 + 12 * count;
  if (end > view.byteLength) throw truncated('its directory is cut short');
  const entries = new Map<number, number>();
  for (let entry = at + 2; entry < end; entry += 12) {
    const tag = view.getUint16(entry, littleEndian);
    if (!entries.has(tag)) entries.set(tag, entry);
  }
  const numbers = (tag: number): number[] | undefined => {
    const entry = entries.get(tag);
    if (entry === undefined) return undefined;
    const type = view.getUint16(entry + 2, littleEndian);
    const length = view.getUint32(entry + 4, littleEndian);
    const size = SIZES[type];
    if (size === undefined) throw damaged(`its field ${tag} holds no whole numbers`);
    const begin = size * length <= 4 ? entry + 8 : view.getUint32(entry + 8, littleEndian);
    if (begin + size * length > view.byteLength) throw truncated(`its field ${tag} lies behind its end`);
    const read = (index: number) => {
      const place = begin + size * index;
      if (size === 1) return view.getUint8(place);
      return size === 2 ? view.getUint16(place, littleEndian) : view.getUint32(place, littleEndian);
    };
    return Array.from({ length }, (_, index) => read(index));
  };
  // Some writers of EXIF leave out where the next one lies.
  return { numbers, next: end + 4 <= view.byteLength ? view.getUint32(end, littleEndian) : 0 };
}
