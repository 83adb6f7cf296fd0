import { createHash } from 'node:crypto';
import type { RandomStream } from '@weft/core';
import { decodeSafetensors, encodeSafetensors, type SafetensorsTensor } from '@weft/formats';
import { CheckpointError, type StateTensor } from '@weft/pool';
import { decodeCheckpoint, encodeCheckpoint, type TrainingState } from '@weft/train/runtime';
import { HOSTILE_TEXTS, happens, mutate, pick } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import { type Drawn, mustHold, type Target } from '../target.js';
import { damaged } from './safetensors.js';

const FILE = 'cae-step-00000007.safetensors';
const CHECKSUM = 'weft.sha256';
const STATE = 'weft.state';
const BLANK = '0'.repeat(64);

const numbers = (random: RandomStream, length: number) => Array.from({ length }, () => random.normal());

function anyTensors(random: RandomStream): ReadonlyMap<string, StateTensor> {
  const names = ['conv2d/kernel', 'conv2d/bias', pick(random, HOSTILE_TEXTS)];
  return new Map(names.map((name) => [name, { shape: [2, 2], data: Float32Array.from(numbers(random, 4)) }]));
}

function anyState(random: RandomStream): TrainingState {
  const [epoch, step] = [random.integer(4), random.integer(4)];
  return {
    fingerprint: { seed: '42', 'layer 0': pick(random, HOSTILE_TEXTS) },
    epochs: random.integer(10),
    epoch,
    step,
    steps: random.integer(100),
    stopped: happens(random, 0.5),
    seconds: random.uniform(),
    best: happens(random, 0.5) ? { value: random.uniform(), steps: random.integer(100) } : undefined,
    weights: anyTensors(random),
    slots: new Map(Array.from({ length: random.integer(3) }, (_, slot) => [`0/slot ${slot}`, anyTensors(random)])),
    stepsBefore: random.integer(100),
    rates: numbers(random, random.integer(3)),
    log: { numbers: Float64Array.from(numbers(random, step)), scores: Float32Array.from(numbers(random, 3)) },
    history: {
      history: {
        loss: numbers(random, epoch),
        ...(happens(random, 0.5) && { val_loss: numbers(random, epoch) }),
      },
      seconds: numbers(random, epoch),
      examplesPerSecond: numbers(random, epoch),
    },
    callbacks: Array.from({ length: random.integer(3) }, () => ({
      wait: 3,
      best: Float32Array.from(numbers(random, 2)),
    })),
  };
}

/** A file whose checksum is right, whatever else it holds. */
function sealed(
  tensors: ReadonlyMap<string, SafetensorsTensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const bytes = Buffer.from(encodeSafetensors(tensors, { ...metadata, [CHECKSUM]: BLANK }));
  bytes.write(createHash('sha256').update(bytes).digest('hex'), bytes.indexOf(BLANK), 'latin1');
  return bytes;
}

/** A checkpoint by somebody who knows how checksums are taken. */
function forged(file: Uint8Array, random: RandomStream): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(file);
  if (happens(random, 0.6))
    return sealed(tensors, { ...metadata, [STATE]: mutateJson(JSON.parse(metadata[STATE]), random) });
  const name = pick(random, [...tensors.keys()]);
  const other = pick<SafetensorsTensor | undefined>(random, [
    undefined,
    { dtype: 'U8', shape: [1], data: Uint8Array.of(1) },
    { dtype: 'F64', shape: [3], data: Float64Array.of(Number.NaN, -1, 2 ** 60) },
    { dtype: 'F32', shape: [0], data: new Float32Array(0) },
  ]);
  if (other === undefined) tensors.delete(name);
  else tensors.set(name, other);
  return sealed(tensors, metadata);
}

export const checkpoint: Target = {
  name: 'checkpoint',
  draw(random): Drawn {
    const state = anyState(random);
    const file = encodeCheckpoint(state);
    if (happens(random, 0.25)) return { bytes: file, expected: state };
    if (happens(random, 0.5)) return { bytes: forged(file, random) };
    return { bytes: happens(random, 0.5) ? mutate(file, random) : damaged(file, random) };
  },
  read(bytes) {
    const state = decodeCheckpoint(FILE, bytes);
    const { history, seconds } = state.history;
    // Epochs of trainings before this one have no losses here.
    mustHold(seconds.length <= state.epoch, 'there are more losses than epochs');
    for (const [name, losses] of Object.entries(history)) {
      mustHold(losses?.length === seconds.length, `there is not one ${name} for each epoch`);
    }
    return state;
  },
  isLawful: (error) =>
    error instanceof CheckpointError && error.message.startsWith(FILE) && error.message.length < 2000,
};
