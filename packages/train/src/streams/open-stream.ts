import { BatchReader, type StreamSource } from './batch-reader.js';
import { Ring } from './ring.js';
import type { StreamReader } from './stream-reader.js';

/** A stream whose first batch was read, or records, and the memory for batches. */
export interface OpenedStream {
  readonly reader: StreamReader;
  readonly ring: Ring;
}

/** Reads the first batch of an epoch. */
export async function openStream(source: StreamSource, epoch: number): Promise<OpenedStream> {
  const reader = await BatchReader.open(source, epoch);
  return { reader, ring: new Ring(reader.first) };
}
