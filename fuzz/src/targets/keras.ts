import { readFileSync } from 'node:fs';
import { crc32, gunzipSync } from 'node:zlib';
import type { RandomStream } from '@weft/core';
import { decodeKeras, KerasError, readHdf5, type WantedArray } from '@weft/formats/keras';
import { happens, mutate, noise, pick } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import type { Drawn, Target } from '../target.js';

interface Case {
  readonly keras: string;
  readonly weights: string;
}

/** Files of Keras, which are fixtures of the tests. */
const { cases }: { readonly cases: Readonly<Record<string, Case>> } = JSON.parse(
  readFileSync(new URL('../../../packages/formats/test/fixtures/keras-models.json', import.meta.url), 'utf8'),
);
const unpacked = (base64: string) => new Uint8Array(gunzipSync(Buffer.from(base64, 'base64')));

/** The arrays in the file of weights of the smallest model. */
const WANTED: readonly WantedArray[] = [
  { path: 'layers/embedding/vars/0', shape: [11, 3] },
  { path: 'layers/dense/vars/0', shape: [15, 2] },
  { path: 'layers/dense/vars/1', shape: [2] },
];
const weights = unpacked(cases.tokens.weights);
const good = readHdf5(weights, WANTED);

export const hdf5: Target = {
  name: 'hdf5',
  draw(random): Drawn {
    if (happens(random, 0.25)) return { bytes: weights, expected: good };
    return { bytes: happens(random, 0.05) ? noise(random, random.integer(3000)) : mutate(weights, random) };
  },
  read: (bytes) => readHdf5(bytes, WANTED),
  isLawful: (error) => error instanceof KerasError && error.message.length < 2000,
};

const NAMES = ['config.json', 'model.weights.h5'];

/** What a stored zip file of such names holds. */
function filesIn(zip: Uint8Array): Uint8Array[] {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const found = new Map<string, Uint8Array>();
  for (let at = 0; view.getUint32(at, true) === 0x04034b50; ) {
    const [size, nameLength, extra] = [
      view.getUint32(at + 18, true),
      view.getUint16(at + 26, true),
      view.getUint16(at + 28, true),
    ];
    const begin = at + 30 + nameLength + extra;
    found.set(Buffer.from(zip.subarray(at + 30, at + 30 + nameLength)).toString(), zip.slice(begin, begin + size));
    at = begin + size;
  }
  return NAMES.map((name) => found.get(name) as Uint8Array);
}

/** A stored zip file with the right checksums. */
function zipOf(contents: readonly Uint8Array[]): Uint8Array {
  const [files, entries]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const [which, content] of contents.entries()) {
    const name = Buffer.from(NAMES[which]);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const file = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name, content]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, name]));
    files.push(file);
    at += file.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return new Uint8Array(Buffer.concat([...files, directory, end]));
}

const archives = ['tokens', 'functional', 'cae'].map((name) => filesIn(unpacked(cases[name].keras)));

function damaged([config, arrays]: readonly Uint8Array[], random: RandomStream): Uint8Array {
  const text = Buffer.from(config).toString();
  switch (random.integer(4)) {
    case 0:
      return mutate(zipOf([config, arrays]), random);
    case 1:
      return zipOf([config, mutate(arrays, random)]);
    case 2:
      return zipOf([mutate(config, random), arrays]);
    default:
      return zipOf([Buffer.from(mutateJson(JSON.parse(text), random)), arrays]);
  }
}

export const keras: Target = {
  name: 'keras',
  draw(random): Drawn {
    const archive = pick(random, archives);
    return { bytes: happens(random, 0.25) ? zipOf(archive) : damaged(archive, random) };
  },
  async read(bytes) {
    const model = await decodeKeras(bytes);
    return model.weights.map(({ path, data }) => [path, data.length]);
  },
  isLawful: (error) => error instanceof KerasError && error.message.length < 4000,
};
