import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { crc32c } from '../crc/crc.js';
import type { EventHistogram } from './histogram.js';

/** A picture of an event, as the bytes of a PNG file. */
export interface EventImage {
  readonly height: number;
  readonly width: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA */
  readonly channels: 1 | 2 | 3 | 4;
  readonly png: Uint8Array;
}

/** A value of an event, and what TensorBoard calls it; a `/` in the tag makes groups. */
export type EventValue = { readonly tag: string } & (
  | { readonly scalar: number }
  | { readonly image: EventImage }
  | { readonly histogram: EventHistogram }
);

/** What was at one step. */
export interface TensorBoardEvent {
  /** Seconds since 1970 began. */
  readonly wallTime: number;
  readonly step: number;
  readonly values: readonly EventValue[];
}

/** Numbers of fields in event.proto and summary.proto. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 } as const;
const SESSION_STATUS = 1;
const SESSION_START = 1;
const SUMMARY_VALUE = 1;
const VALUE = { tag: 1, scalar: 2, image: 4, histogram: 5 } as const;
const IMAGE = { height: 1, width: 2, channels: 3, png: 4 } as const;
const HISTOGRAM = { min: 1, max: 2, count: 3, sum: 4, sumOfSquares: 5, limits: 6, counts: 7 } as const;

/** The version of event files that values come with, which TensorBoard asks for. */
const FILE_VERSION = 'brain.Event:2';

/**
 * The beginning of a file of events.
 *
 * @param begun `step`: the first step that the file has. Of older files in the same folder TensorBoard forgets this step
 *   and those after it, so that a training that is resumed is shown once.
 * @example
 * const bytes = eventFileStart({ wallTime: 1.5, step: 0 });
 * bytes.length; // 69
 */
export function eventFileStart({
  wallTime,
  step,
}: {
  readonly wallTime: number;
  readonly step: number;
}): Uint8Array<ArrayBuffer> {
  const version = eventAt(wallTime, 0).tag(EVENT.fileVersion, WireType.LengthDelimited).string(FILE_VERSION);
  const session = eventAt(wallTime, step).tag(EVENT.sessionLog, WireType.LengthDelimited).fork();
  session.tag(SESSION_STATUS, WireType.Varint).int32(SESSION_START).join();
  const records = [version, session].map((writer) => record(writer.finish()));
  const bytes = new Uint8Array(records[0].length + records[1].length);
  bytes.set(records[0]);
  bytes.set(records[1], records[0].length);
  return bytes;
}

/**
 * An event as a record of a file, to be put behind what the file has.
 *
 * @see https://www.tensorflow.org/tutorials/load_data/tfrecord, "TFRecords format details"
 * @example
 * const event = { wallTime: 1.5, step: 1, values: [{ tag: 'loss', scalar: 0.25 }] };
 * encodeEvent(event).length; // 42
 */
export function encodeEvent({ wallTime, step, values }: TensorBoardEvent): Uint8Array<ArrayBuffer> {
  const writer = eventAt(wallTime, step).tag(EVENT.summary, WireType.LengthDelimited).fork();
  for (const value of values) {
    writer.tag(SUMMARY_VALUE, WireType.LengthDelimited).fork();
    writer.tag(VALUE.tag, WireType.LengthDelimited).string(value.tag);
    if ('scalar' in value) writer.tag(VALUE.scalar, WireType.Bit32).float(value.scalar);
    else if ('image' in value) writeImage(writer.tag(VALUE.image, WireType.LengthDelimited).fork(), value.image).join();
    else writeHistogram(writer.tag(VALUE.histogram, WireType.LengthDelimited).fork(), value.histogram).join();
    writer.join();
  }
  return record(writer.join().finish());
}

function eventAt(wallTime: number, step: number): BinaryWriter {
  const writer = new BinaryWriter().tag(EVENT.wallTime, WireType.Bit64).double(wallTime);
  return step === 0 ? writer : writer.tag(EVENT.step, WireType.Varint).int64(step);
}

function writeImage(writer: BinaryWriter, { height, width, channels, png }: EventImage): BinaryWriter {
  writer.tag(IMAGE.height, WireType.Varint).int32(height);
  writer.tag(IMAGE.width, WireType.Varint).int32(width);
  writer.tag(IMAGE.channels, WireType.Varint).int32(channels);
  return writer.tag(IMAGE.png, WireType.LengthDelimited).bytes(png);
}

function writeHistogram(writer: BinaryWriter, histogram: EventHistogram): BinaryWriter {
  for (const name of ['min', 'max', 'count', 'sum', 'sumOfSquares'] as const) {
    // As protobuf has it, a field of 0 is left out.
    if (histogram[name] !== 0) writer.tag(HISTOGRAM[name], WireType.Bit64).double(histogram[name]);
  }
  for (const name of ['limits', 'counts'] as const) {
    writer.tag(HISTOGRAM[name], WireType.LengthDelimited).fork();
    for (const value of histogram[name]) writer.double(value);
    writer.join();
  }
  return writer;
}

/** Length and contents, each with its checksum. */
function record(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(content.length + 16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(content.length), true);
  view.setUint32(8, maskedCrc(bytes.subarray(0, 8)), true);
  bytes.set(content, 12);
  view.setUint32(12 + content.length, maskedCrc(content), true);
  return bytes;
}

/** A checksum of bytes that may hold checksums: turned by 15 bits, and a constant added. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
