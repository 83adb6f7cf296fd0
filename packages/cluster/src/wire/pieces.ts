import type { Piece } from '../machine/round.js';
import { MessageError } from './message-error.js';

// Pieces of memory in bytes, numbers in little endian:
//   0  u32  how many
//   4  for each: u32 address, u32 length
//      their bytes, one after another
const HEAD = 4;
const ENTRY = 8;

/** Most bytes of memory in one message: large ones would fill the server's queues. */
const MOST = 8 * 2 ** 20;

/** Cuts pieces so that they come in groups of some MiB; at least one group, which may be empty. */
export function groupPieces(pieces: Iterable<Piece>): Piece[][] {
  const groups: Piece[][] = [[]];
  let room = MOST;
  for (const { address, bytes } of pieces) {
    for (let at = 0; at < bytes.length; ) {
      if (room === 0) {
        groups.push([]);
        room = MOST;
      }
      const taken = bytes.subarray(at, at + room);
      groups[groups.length - 1].push({ address: address + at, bytes: taken });
      room -= taken.length;
      at += taken.length;
    }
  }
  return groups;
}

/** Writes pieces as bytes. */
export function encodePieces(pieces: readonly Piece[]): Uint8Array<ArrayBuffer> {
  const head = HEAD + ENTRY * pieces.length;
  const result = new Uint8Array(pieces.reduce((sum, { bytes }) => sum + bytes.length, head));
  const view = new DataView(result.buffer);
  view.setUint32(0, pieces.length, true);
  let at = head;
  for (const [index, { address, bytes }] of pieces.entries()) {
    view.setUint32(HEAD + ENTRY * index, address, true);
    view.setUint32(HEAD + ENTRY * index + 4, bytes.length, true);
    result.set(bytes, at);
    at += bytes.length;
  }
  return result;
}

/**
 * Reads pieces as views of the bytes.
 *
 * @throws MessageError if these are not what `encodePieces` writes
 */
export function decodePieces(bytes: Uint8Array): Piece[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = bytes.length < HEAD ? -1 : view.getUint32(0, true);
  if (count < 0 || HEAD + ENTRY * count > bytes.length) throw new MessageError('Pieces of memory are cut off.');
  const pieces: Piece[] = [];
  let at = HEAD + ENTRY * count;
  for (let index = 0; index < count; index++) {
    const address = view.getUint32(HEAD + ENTRY * index, true);
    const length = view.getUint32(HEAD + ENTRY * index + 4, true);
    if (at + length > bytes.length) throw new MessageError('Pieces of memory are cut off.');
    pieces.push({ address, bytes: bytes.subarray(at, at + length) });
    at += length;
  }
  if (at !== bytes.length) throw new MessageError('There are bytes behind pieces of memory.');
  return pieces;
}
