import { crc32 } from 'node:zlib';

/** A message between machines with a right checksum, whatever its header and its payload are. */
export function sealMessage(header: string, payload: Uint8Array = new Uint8Array()): Uint8Array {
  const text = Buffer.from(header);
  const content = Buffer.concat([text, Buffer.alloc(-text.length & 7, ' '), payload]);
  const start = Buffer.alloc(16);
  start.write('WEFT');
  start.writeUint16LE(1, 4);
  start.writeUint32LE(content.length - payload.length, 8);
  start.writeUint32LE(crc32(content), 12);
  return new Uint8Array(Buffer.concat([start, content]));
}
