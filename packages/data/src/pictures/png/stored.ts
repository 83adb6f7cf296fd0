import { PNG_SIGNATURE } from './chunks.js';

/** Bytes of a block that deflate does not compress. */
const BLOCK = 65535;

/**
 * A PNG of rows that were already inflated and are stored without compression, and of nothing else. Its checksums are
 * zeros.
 *
 * @param rows  a filter's number and its bytes, row after row
 * @param head  depth, and the number of the kind of colour
 */
export function storedPng(
  width: number,
  height: number,
  head: readonly [number, number],
  rows: Uint8Array,
): Uint8Array {
  const blocks = Math.ceil(rows.length / BLOCK);
  const content = 2 + rows.length + 5 * blocks + 4;
  const png = new Uint8Array(8 + 25 + 12 + content + 12);
  const view = new DataView(png.buffer);
  png.set(PNG_SIGNATURE);
  let at = 8;
  const begin = (type: string, length: number) => {
    view.setUint32(at, length);
    for (let i = 0; i < 4; i++) png[at + 4 + i] = type.charCodeAt(i);
    at += 8;
  };
  begin('IHDR', 13);
  view.setUint32(at, width);
  view.setUint32(at + 4, height);
  png.set(head, at + 8);
  at += 13 + 4;
  begin('IDAT', content);
  png.set([0x78, 0x01], at);
  at += 2;
  for (let from = 0; from < rows.length; from += BLOCK) {
    const length = Math.min(BLOCK, rows.length - from);
    png[at] = from + length === rows.length ? 1 : 0;
    view.setUint16(at + 1, length, true);
    view.setUint16(at + 3, ~length, true);
    png.set(rows.subarray(from, from + length), at + 5);
    at += 5 + length;
  }
  at += 4 + 4;
  begin('IEND', 0);
  return png;
}
