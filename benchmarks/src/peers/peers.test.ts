import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeAt } from '../../../scripts/node-releases.js';
import { agreement } from './agreement.js';
import { compare, type PeerResult } from './compare.js';
import { readTensors, writeTensors } from './job.js';
import { NETWORK_IDS, type Network, networkOf } from './networks.js';
import { onnxModel } from './onnx.js';
import { PEERS, type Peer } from './peers.js';
import { peerTable, timesWeft } from './table.js';
import { weftModel } from './weft-model.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-peers-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const small: Network = {
  id: 'autoencoder',
  title: 'two filters',
  inputShape: [4, 4, 1],
  batch: 5,
  loss: 'meanSquaredError',
  nodes: [
    {
      ...{ op: 'convolution', name: 'conv', inputs: ['images'], filters: 2, kernelSize: 3, strides: 1 },
      ...{ activation: 'relu', useBias: true },
    },
  ],
};

describe('the job file', () => {
  it.each([true, false])('gives back weights, images and targets as they were: %s', (hasTargets) => {
    const model = weftModel(small);
    const images = { shape: [3, 4, 4, 1], data: Float32Array.from({ length: 3 * 16 }, (_, index) => index / 48) };
    const targets = hasTargets ? { targets: { shape: [3], data: Float32Array.of(1, 0, 7) } } : {};
    const stored = JSON.parse(JSON.stringify(writeTensors(join(folder, 'job.f32'), model, { images, ...targets })));
    const { weights, ...batch } = readTensors(stored);
    expect(batch).toEqual({ images, ...targets });
    expect([...weights]).toEqual(model.weights.map(({ path, shape, data }) => [path, { shape, data }]));
  });
});

describe('networks', () => {
  it.each(NETWORK_IDS)('%s uses what was made before, under names of its own', (id) => {
    const { nodes } = networkOf(id);
    const known = new Set(['images']);
    for (const { name, inputs } of nodes) {
      expect(inputs.filter((input) => !known.has(input))).toEqual([]);
      expect(known.has(name)).toBe(false);
      known.add(name);
    }
  });

  it.each([
    ['resnet20', 272_474, 10],
    ['table', 116_618, 10],
  ] as const)('%s has its weights', (id, count, classes) => {
    const model = weftModel(networkOf(id));
    const trained = model.weights.filter(({ trainable }) => trainable);
    expect(trained.reduce((total, { data }) => total + data.length, 0)).toBe(count);
    expect(Object.values(model.outputs).map(({ shape }) => shape)).toEqual([[classes]]);
  });
});

describe('compare', () => {
  it('measures Weft alone, and names what fails, without any peer installed', async () => {
    const absent: Peer = {
      id: 'absent',
      title: 'Absent',
      script: 'absent.js',
      module: 'absent',
      tasks: ['forward'],
      isThreaded: false,
    };
    const node = nodeAt(process.execPath);
    if ('missing' in node) throw new Error(node.missing);
    const entries = [
      { peer: PEERS[0], threads: 1, fastMath: false },
      { peer: PEERS[0], threads: 2, fastMath: false, column: { node, simd: '128' as const } },
      { peer: absent, threads: 1, fastMath: false },
    ];
    const { results, failures } = await compare(entries, {
      network: networkOf('autoencoder'),
      batch: 6,
      rounds: 2,
      milliseconds: 1,
      say: () => {},
    });
    expect(results.map(({ title, threads }) => [title, threads])).toEqual([
      ['Weft', 1],
      ['Weft', 2],
    ]);
    for (const { times, agreement, memory } of results) {
      // Threads do not change bits.
      expect(agreement).toEqual({ output: 0, loss: 0, step: 0, agrees: true });
      expect(times.step?.length).toBe(2);
      expect(times.forward?.map(({ length }) => length > 0)).toEqual([true, true]);
      expect(memory).toBeGreaterThan(0);
    }
    expect(failures).toMatchObject([{ title: 'Absent', threads: 1, reason: expect.stringContaining('absent.js') }]);
  });
});

describe('agreement', () => {
  const expected = { output: Float32Array.of(0.5, 0.25), losses: [0.2, 0.19] };

  it('holds within rounding', () => {
    const found = { output: Float32Array.of(0.50001, 0.25), losses: [0.200001, 0.190002] };
    expect(agreement(expected, found).agrees).toBe(true);
    expect(agreement(expected, { ...found, losses: [] }).agrees).toBe(true);
  });

  it.each([
    ['an output that differs', { output: Float32Array.of(0.5, 0.2502), losses: [0.2, 0.19] }],
    ['an output that is no number', { output: Float32Array.of(Number.NaN, 0.25), losses: [0.2, 0.19] }],
    ['an output of another length', { output: Float32Array.of(0.5), losses: [0.2, 0.19] }],
    ['another loss', { output: expected.output, losses: [0.2001, 0.1901] }],
    ['a step that goes elsewhere', { output: expected.output, losses: [0.2, 0.1912] }],
    ['a loss that is no number', { output: expected.output, losses: [Number.NaN, 0.19] }],
  ])('does not hold for %s', (_, found) => {
    expect(agreement(expected, found).agrees).toBe(false);
  });
});

describe('peerTable', () => {
  const result = (id: string, threads: number, step: number[][], agrees = true): PeerResult => ({
    id,
    title: id.toUpperCase(),
    threads,
    fastMath: false,
    version: '1.0',
    batch: 256,
    times: { step },
    agreement: { output: 2e-7, loss: 0, step: 0.001, agrees },
    memory: 123e6,
  });
  const weft = result('weft', 1, [[10, 11, 12], [100], [10]]);
  const results = [weft, result('slow', 1, [[33], [200]], false), result('fast', 2, [[5]])];
  const table = peerTable(results, {
    title: 'a network',
    batch: 256,
    machine: 'A machine',
    missing: [{ title: 'Keras', command: 'pip install keras' }],
    failures: [{ title: 'jax-js', threads: 1, reason: 'no SIMD' }],
  });

  it('compares with Weft on as many threads, in the same rounds', () => {
    expect(timesWeft(results[1], 'step', results)).toBe(3);
    expect(timesWeft(results[2], 'step', results)).toBeUndefined();
    expect(timesWeft(weft, 'step', results)).toBe(1);
  });

  it('shows times, ratios, memory and what differs', () => {
    expect(table).toContain('| WEFT 1.0 | 1 | 11.0 (10.0 to 12.0) | x 1.00 |  |  | 123 MB | 2e-7, 1e-3 |');
    expect(table).toContain(
      '| SLOW 1.0 | 1 | 200 (33.0 to 200) | x 3.00 |  |  | 123 MB | **2e-7, 1e-3: another result** |',
    );
    expect(table).toContain('| FAST 1.0 | 2 | 5.00 (5.00 to 5.00) |  |  |  | 123 MB | 2e-7, 1e-3 |');
  });

  it("shows Weft's times as shares of the peers'", () => {
    expect(table).toContain('| Weft | Threads | step, SLOW | step, FAST |');
    expect(table).toContain('| 1.0 | 1 | 0.50 |  |');
  });

  it('names what is missing, how to get it, and what failed', () => {
    expect(table).toContain('- Keras is not installed. `pip install keras` gets it.');
    expect(table).toContain('- jax-js with 1 failed: no SIMD');
  });
});

describe('onnxModel', () => {
  it('holds the layers in order, and kernels with filters first', () => {
    const { weights } = weftModel(small);
    const fields = decode(onnxModel(small, weights, 5));
    const graph = decode(fields.get(7)?.[0] as Uint8Array);
    const texts = (graph.get(1) ?? []).map((node) => text(decode(node).get(4)?.[0]));
    expect(texts).toEqual(['Conv', 'Relu', 'Identity']);
    const kernel = decode(graph.get(5)?.[0] as Uint8Array);
    expect(kernel.get(1)).toEqual([2, 1, 3, 3].map((length) => Uint8Array.of(length)));
    const raw = (kernel.get(9) as Uint8Array[])[0];
    const values = new Float32Array(raw.slice().buffer);
    expect([...values]).toEqual(
      [0, 1].flatMap((filter) => Array.from({ length: 9 }, (_, at) => weights[0].data[2 * at + filter])),
    );
  });
});

const text = (bytes?: Uint8Array) => new TextDecoder().decode(bytes);

/** Fields of a message by number; of whole numbers below 128 their byte. */
function decode(message: Uint8Array): Map<number, Uint8Array[]> {
  const fields = new Map<number, Uint8Array[]>();
  let at = 0;
  const varint = () => {
    let [value, scale] = [0, 1];
    for (; ; scale *= 128) {
      const byte = message[at++];
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const field = Math.floor(key / 8);
    const length = key % 8 === 2 ? varint() : 0;
    const value = key % 8 === 2 ? message.subarray(at, at + length) : Uint8Array.of(varint());
    at += length;
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}
