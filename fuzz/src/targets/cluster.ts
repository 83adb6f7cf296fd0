import { createHash } from 'node:crypto';
import { crc32, gzipSync } from 'node:zlib';
import { allMessages, cutIntoChunks, MessageError, payloadsIn, Reassembly, Registry } from '@weft/cluster/readers';
import type { RandomStream } from '@weft/core';
import { drawShape } from '../draw-shape.js';
import { between, happens, mutate, noise, pick } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import { sealMessage } from '../seal-message.js';
import { type Drawn, mustHold, type Target } from '../target.js';

const GROUPS = Object.values(allMessages);
/** Longest message of an error: what it quotes is cut. */
const LONGEST_ERROR = 1000;

const isLawful = (error: unknown) => error instanceof MessageError && error.message.length < LONGEST_ERROR;

/** A good message of a kind, and what it says. */
function drawMessage(random: RandomStream, group: (typeof GROUPS)[number] = pick(random, GROUPS)) {
  const kind = pick(random, Object.keys(group.kinds));
  const { fields: shape, payload: most } = group.kinds[kind as never] as (typeof group.kinds)[keyof typeof group.kinds];
  const { value, json } = drawShape(shape, random);
  const payload = noise(random, random.integer(Math.min(most, 40) + 1));
  const header = [kind, json];
  return {
    header,
    payload,
    bytes: sealMessage(JSON.stringify(header), payload),
    expected: { kind, fields: value, payload },
  };
}

/** Messages of every kind that is defined. Each group is asked, as its channel would be, whose kinds these are. */
export const messages: Target = {
  name: 'messages',
  draw(random): Drawn {
    const { header, payload, bytes, expected } = drawMessage(random);
    if (happens(random, 0.4)) return { bytes, expected };
    if (happens(random, 0.2)) return { bytes: mutate(bytes, random) };
    if (happens(random, 0.1)) return { bytes: sealMessage(JSON.stringify(header), noise(random, 100)) };
    return { bytes: sealMessage(mutateJson(header, random), payload) };
  },
  read(bytes) {
    const refusals: MessageError[] = [];
    for (const group of GROUPS) {
      try {
        const { kind, fields, payload } = group.decode(bytes);
        return { kind, fields, payload };
      } catch (error) {
        if (!isLawful(error)) throw error;
        refusals.push(error as MessageError);
      }
    }
    throw refusals[0];
  },
  isLawful,
};

/** Some inputs as one, each after its length. */
function bundle(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(
      parts.flatMap((part) => {
        const length = Buffer.alloc(4);
        length.writeUint32LE(part.length);
        return [length, part];
      }),
    ),
  );
}

/** The inputs of a bundle, also of a broken one. */
function unbundle(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts: Uint8Array[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = view.getUint32(at, true);
    parts.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return parts;
}

function shuffle<Value>(values: Value[], random: RandomStream): Value[] {
  for (let last = values.length - 1; last > 0; last--) {
    const at = random.integer(last + 1);
    [values[last], values[at]] = [values[at], values[last]];
  }
  return values;
}

const CHUNK_BOUNDS = { mostBytes: 2 ** 16, mostOpen: 4 };

/** A chunk that says something else of itself, with a right checksum. */
function lyingChunk(chunk: Uint8Array, random: RandomStream): Uint8Array {
  const lie = new Uint8Array(chunk);
  const view = new DataView(lie.buffer);
  view.setUint32(pick(random, [24, 28, 32]), pick(random, [0, 1, 987, 988, 2000, 2 ** 16, 2 ** 31, 2 ** 32 - 1]), true);
  view.setUint32(4, crc32(lie.subarray(8)), true);
  return lie;
}

/** Chunks of a few messages, out of order, twice, or not what they say. */
export const chunks: Target = {
  name: 'chunks',
  draw(random): Drawn {
    const sent = Array.from({ length: between(random, 1, 3) }, () => noise(random, between(random, 1100, 3000)));
    const cut = sent.flatMap((message) => [...cutIntoChunks(message, 1024)]);
    const parts = shuffle(
      cut.flatMap((chunk) => (happens(random, 0.2) ? [chunk, chunk] : [chunk])),
      random,
    );
    const digests = sent.map(digest).sort();
    if (happens(random, 0.4)) return { bytes: bundle(parts), expected: digests };
    // What is missing keeps a message open, and the input from being read.
    const changed = parts.map((part) => (happens(random, 0.5) ? lyingChunk(part, random) : part));
    return { bytes: bundle(happens(random, 0.5) ? changed : parts.map((part) => mutate(part, random))) };
  },
  read(bytes) {
    const reassembly = new Reassembly(CHUNK_BOUNDS);
    const whole: Uint8Array[] = [];
    let refusal: unknown;
    for (const part of unbundle(bytes)) {
      try {
        whole.push(...[reassembly.accept(part)].flatMap((each) => each ?? []));
      } catch (error) {
        if (!isLawful(error)) throw error;
        refusal = error;
      }
      mustHold(reassembly.openBytes <= CHUNK_BOUNDS.mostBytes, `${reassembly.openBytes} bytes stand open`);
    }
    if (refusal !== undefined) throw refusal;
    return whole.map(digest).sort();
  },
  isLawful,
};

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const MOST_WORKERS = 3;

/** Heartbeats of workers, real ones and others. */
export const heartbeats: Target = {
  name: 'heartbeats',
  draw(random): Drawn {
    const drawn = Array.from({ length: between(random, 1, 6) }, () => drawMessage(random, allMessages.heartbeats));
    if (happens(random, 0.4)) {
      const ids = drawn.map(({ expected }) => (expected.fields as { id: string }).id);
      return { bytes: bundle(drawn.map(({ bytes }) => bytes)), expected: firstOf(ids) };
    }
    const broken = drawn.map(({ header, bytes }) => {
      return happens(random, 0.5) ? sealMessage(mutateJson(header, random)) : mutate(bytes, random);
    });
    return { bytes: bundle(broken) };
  },
  read(bytes) {
    let deliver = (_: { subject: string; data: Uint8Array }) => {};
    const bus = {
      subscribe(_: string, receive: typeof deliver) {
        deliver = receive;
        return () => {};
      },
    };
    let now = 0;
    const options = { mostWorkers: MOST_WORKERS, silenceSeconds: 3600, now: () => now };
    const registry = new Registry(bus as unknown as ConstructorParameters<typeof Registry>[0], '', options);
    for (const data of unbundle(bytes)) {
      now += 1000;
      deliver({ subject: '', data });
    }
    const { workers } = registry;
    mustHold(workers.length <= MOST_WORKERS, `${workers.length} workers are listed`);
    for (const { examplesPerSecond = 0, bytesPerSecond = 0 } of workers) {
      mustHold(examplesPerSecond >= 0 && bytesPerSecond >= 0, 'a rate is below zero');
    }
    if (workers.length === 0) throw new MessageError('no heartbeat was taken');
    return workers.map(({ id }) => id);
  },
  isLawful,
};

/** The workers that fit, in the order of their ids. */
const firstOf = (ids: readonly string[]) => [...new Set(ids)].slice(0, MOST_WORKERS).sort();

const LENGTH = 100;
const idx = (values: Uint8Array) => Buffer.concat([Buffer.of(0, 0, 8, 1, 0, 0, 0, values.length), values]);
const npy = (values: Uint8Array) => {
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${values.length},), }\n`;
  return Buffer.concat([
    Buffer.of(0x93),
    Buffer.from('NUMPY'),
    Buffer.of(1, 0, text.length, 0),
    Buffer.from(text),
    values,
  ]);
};

/** Files below a data root: is there what is looked for in them? The first byte of the values is always 7. */
export const dataFiles: Target = {
  name: 'data-files',
  draw(random): Drawn {
    const values = noise(random, LENGTH).fill(7, 0, 1);
    const inner = pick(random, [idx, npy, (plain: Uint8Array) => Buffer.from(plain)])(values);
    const packs = happens(random, 0.5);
    const file = new Uint8Array(packs ? gzipSync(inner) : inner);
    if (happens(random, 0.4)) return { bytes: file, expected: values };
    if (packs && happens(random, 0.3)) return { bytes: gzipSync(mutate(inner, random)) };
    // A little that unpacks to much.
    if (happens(random, 0.05)) return { bytes: gzipSync(new Uint8Array(2 ** 22)) };
    return { bytes: mutate(file, random) };
  },
  async read(bytes) {
    const found = (await payloadsIn(bytes, LENGTH)).filter(([first]) => first === 7);
    for (const { length } of found) mustHold(length === LENGTH, `${length} bytes were found`);
    if (found.length === 0) throw new MessageError('nothing was found');
    return new Uint8Array(found[0]);
  },
  isLawful,
};
