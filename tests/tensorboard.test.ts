import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { encodePng } from '../packages/data/src/index.js';
import * as weft from '../packages/pool/src/index.js';
import { findPython, runPython } from './support/python.js';

const READ = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], {"scalars": 0, "histograms": 0, "images": 0})
events.Reload()
tags = events.Tags()
print(json.dumps({
    "scalars": {tag: [[each.step, each.value] for each in events.Scalars(tag)] for tag in tags["scalars"]},
    "histograms": {tag: [[each.step, each.histogram_value.num, sum(each.histogram_value.bucket)] for each in events.Histograms(tag)] for tag in tags["histograms"]},
    "images": {tag: [[each.step, each.width, each.height, list(each.encoded_image_string)] for each in events.Images(tag)] for tag in tags["images"]},
}))
`;

const python = findPython('tensorboard');
const folder = mkdtempSync(join(tmpdir(), 'weft-tensorboard-'));
afterAll(() => rmSync(folder, { recursive: true }));
const png = encodePng({ width: 2, height: 1, channels: 1, depth: 8, data: Uint8Array.of(0, 255) });

describe.skipIf('missing' in python)(`TensorBoard${'missing' in python ? `: ${python.missing}` : ''}`, () => {
  const read = (name: string) => JSON.parse(runPython(python as { path: string }, READ, [join(folder, name)]));

  it('reads what the callback writes, and of a training that is resumed each epoch once', async () => {
    const { Dense, Sequential, TensorBoard } = weft;
    const train = async (epochs: number) => {
      const model = new Sequential([new Dense({ units: 2, name: 'd' })], { inputShape: [3], seed: 1 });
      const images = () => [{ tag: 'picture', width: 2, height: 1, channels: 1 as const, png }];
      const { history } = await weft.fit(
        model,
        { x: new Float32Array(24).fill(1), y: new Float32Array(16) },
        {
          epochs,
          validationSplit: 0.25,
          threads: 1,
          checkpoints: { directory: join(folder, 'checkpoints') },
          resumeFrom: join(folder, 'checkpoints'),
          callbacks: [new TensorBoard({ logDir: folder, histogramFreq: 1, images })],
        },
      );
      return history;
    };
    await train(2);
    const { loss, val_loss } = await train(3);
    const [train3, validation3] = [read('train'), read('validation')];
    const steps = (values: readonly number[] = []) => values.map((value, at) => [at + 1, Math.fround(value)]);
    expect(train3.scalars.epoch_loss).toEqual(steps(loss));
    expect(validation3.scalars).toEqual({ epoch_loss: steps(val_loss) });
    const of = (count: number) => [1, 2, 3].map((step) => [step, count, count]);
    expect(train3.histograms).toEqual({ 'd/kernel/histogram': of(6), 'd/bias/histogram': of(2) });
    expect(train3.images.picture).toEqual([1, 2, 3].map((step) => [step, 2, 1, [...png]]));
  });
});
