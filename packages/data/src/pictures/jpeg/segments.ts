import { ImageError } from '../errors.js';
import { isTransposed } from '../orientation.js';
import type { PictureHeader } from '../picture.js';
import { exifOrientation } from './exif.js';

/** Scans that a file may have: progressive ones of usual programs have about 10. Each costs a pass over all pixels. */
const MOST_SCANS = 100;

/** Markers, by their second byte (ITU-T T.81, table B.1). */
const MARKER = {
  SOF0: 0xc0,
  DHT: 0xc4,
  SOI: 0xd8,
  EOI: 0xd9,
  SOS: 0xda,
  DQT: 0xdb,
  DRI: 0xdd,
  APP0: 0xe0,
  APP1: 0xe1,
  APP14: 0xee,
};

/** What a JPEG says of its picture, and where the segments lie that matter for its pixels. */
export interface JpegSegments {
  readonly header: PictureHeader;
  /** Columns and rows as they are stored. */
  readonly stored: { readonly width: number; readonly height: number };
  /** Pieces of the file, in order, that make a JPEG of the same pixels and of nothing else. */
  readonly pieces: readonly Uint8Array[];
  /** Bytes of compressed data. */
  readonly compressed: number;
}

const damaged = (what: string) => new ImageError('damaged', `This JPEG is damaged: ${what}.`);
const truncated = (what: string) => new ImageError('truncated', `This JPEG ends early: ${what}.`);
const refused = (what: string) =>
  new ImageError('coding', `This JPEG is ${what}, which is not read: save it as a baseline or progressive one.`);

const isFrame = (marker: number) =>
  (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) || marker === 0xf7;

function checkCoding(marker: number): void {
  if (marker === 0xf7) throw refused('a JPEG-LS');
  if ([0xc3, 0xc7, 0xcb, 0xcf].includes(marker)) throw refused('lossless');
  if (marker >= 0xc9) throw refused('coded arithmetically');
  if (marker > 0xc2) throw refused('hierarchical');
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
}

/** Reads a frame's header (T.81, B.2.2). */
function readFrame(marker: number, content: Uint8Array): Frame {
  checkCoding(marker);
  if (content.length < 6) throw damaged('the header of its frame is cut short');
  const [precision, h1, h0, w1, w0, components] = content;
  if (precision !== 8) {
    throw new ImageError('depth', `This JPEG has ${precision} bits a value, which are not read: save it with 8 bits.`);
  }
  if (components === 4) {
    throw new ImageError('colour', 'This JPEG is CMYK or YCCK, which is not read: convert it to RGB.');
  }
  if (components !== 1 && components !== 3) {
    throw new ImageError(
      'colour',
      `This JPEG has ${components} colour components, which are not read: convert it to RGB.`,
    );
  }
  if (content.length !== 6 + 3 * components) throw damaged('the header of its frame is of a wrong length');
  for (let at = 7; at < content.length; at += 3) {
    const [across, down] = [content[at] >> 4, content[at] & 15];
    if (across < 1 || across > 4 || down < 1 || down > 4) throw damaged('its sampling factors are none');
  }
  return { width: w1 * 256 + w0, height: h1 * 256 + h0, components };
}

/** Where the next marker begins that is no restart, from a place in compressed data. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next === undefined) break;
    // 0xff00 is a byte of data, 0xffff is filling.
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  throw truncated('its compressed data have no end');
}

/**
 * Walks over the segments of a JPEG, and decodes nothing.
 *
 * @throws ImageError
 * @see ITU-T Recommendation T.81, annex B
 */
export function readJpegSegments(bytes: Uint8Array): JpegSegments {
  const pieces: Uint8Array[] = [bytes.subarray(0, 2)];
  let frame: Frame | undefined;
  let orientation = 1;
  let scans = 0;
  let compressed = 0;
  for (let at = 2; ; ) {
    // Garbage between segments is skipped, as other readers do.
    at = bytes.indexOf(0xff, at);
    while (at >= 0 && bytes[at + 1] === 0xff) at++;
    if (at < 0 || at + 1 >= bytes.length) throw truncated('there is no marker of its end');
    const marker = bytes[at + 1];
    if (marker === MARKER.EOI) break;
    if (marker <= 0x01 || (marker >= 0xd0 && marker <= MARKER.SOI)) {
      at += 2;
      continue;
    }
    if (at + 4 > bytes.length) throw truncated('a segment is cut short');
    const length = bytes[at + 2] * 256 + bytes[at + 3];
    let end = at + 2 + length;
    if (length < 2) throw damaged('a segment is shorter than its header');
    if (end > bytes.length) throw truncated('a segment is cut short');
    const content = bytes.subarray(at + 4, end);
    if (isFrame(marker)) {
      if (frame) throw damaged('it has two frames');
      frame = readFrame(marker, content);
    } else if (marker === MARKER.APP1) {
      if (orientation === 1) orientation = exifOrientation(content);
    } else if (marker === MARKER.SOS) {
      if (!frame) throw damaged('its data come before their header');
      if (++scans > MOST_SCANS) throw refused(`one of more than ${MOST_SCANS} scans`);
      const begin = end;
      end = endOfScan(bytes, begin);
      compressed += end - begin;
    }
    if (isNeeded(marker)) pieces.push(bytes.subarray(at, end));
    at = end;
  }
  if (!frame || scans === 0) throw damaged('it holds no picture');
  pieces.push(Uint8Array.of(0xff, MARKER.EOI));
  return { header: headerOf(frame, orientation), stored: frame, compressed, pieces };
}

/** Tables, frame, scans, and the two segments that say what the colours are. */
function isNeeded(marker: number): boolean {
  const { DHT, DQT, DRI, SOS, APP0, APP14 } = MARKER;
  return isFrame(marker) || [DHT, DQT, DRI, SOS, APP0, APP14].includes(marker);
}

/**
 * Each block of 8 x 8 pixels takes at least a bit: fewer cannot be a picture of the size that is stated.
 *
 * @throws ImageError
 */
export function checkAmount({ stored: { width, height }, compressed }: JpegSegments): void {
  if (compressed * 8 >= Math.ceil(width / 8) * Math.ceil(height / 8)) return;
  throw truncated(`${compressed} bytes cannot hold ${width} x ${height} pixels`);
}

function headerOf({ width, height, components }: Frame, orientation: number): PictureHeader {
  const turned = isTransposed(orientation);
  return {
    format: 'jpeg',
    width: turned ? height : width,
    height: turned ? width : height,
    channels: components as 1 | 3,
    depth: 8,
    orientation,
  };
}
