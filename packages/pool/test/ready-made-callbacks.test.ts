import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SGD } from '@weft/nn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Callback,
  CSVLogger,
  EarlyStopping,
  type FitOptions,
  fit,
  loadWeights,
  ModelCheckpoint,
  TerminateOnNaN,
  WorkerPool,
} from '../src/index.js';
import { smallDense, uniform, weightsOf } from './support/models.js';

let pool: WorkerPool;
let folder: string;
beforeAll(async () => {
  pool = await WorkerPool.create({ threads: 2 });
  folder = await mkdtemp(join(tmpdir(), 'weft-callbacks-'));
});
afterAll(async () => {
  await pool.close();
  await rm(folder, { recursive: true });
});

const COUNT = 40;
const data = { x: uniform(COUNT * 9), y: uniform(COUNT * 3, 2) };
const usual: FitOptions = { epochs: 3, batchSize: 7, validationSplit: 0.25 };
/** Nothing is learnt, so that the loss stays the same in every epoch. */
const still = new SGD({ learningRate: 0 });
/** The loss grows from epoch to epoch. */
const diverging: Partial<FitOptions> = { optimizer: new SGD({ learningRate: 3 }), onNaN: 'continue' };

async function train(options: Partial<FitOptions> = {}, callbacks: readonly Callback[] = []) {
  const model = smallDense();
  const history = await fit(model, data, { ...usual, ...options, callbacks, pool });
  return { model, history };
}

describe('EarlyStopping', () => {
  it.each([0, 1, 2, 4])('waits %i epochs without improvement', async (patience) => {
    const stopping = new EarlyStopping({ patience });
    const { history } = await train({ epochs: 8, optimizer: still }, [stopping]);
    expect(history.history.loss.length).toBe(1 + Math.max(1, patience));
    expect(stopping.stoppedEpoch).toBe(history.history.loss.length - 1);
  });

  it('does not stop while the loss falls, and begins anew in every fit', async () => {
    const stopping = new EarlyStopping({ monitor: 'loss' });
    expect((await train({}, [stopping])).history.history.loss.length).toBe(3);
    expect(stopping.stoppedEpoch).toBeUndefined();
    expect((await train({ optimizer: still, shuffle: false }, [stopping])).history.history.loss.length).toBe(2);
    expect((await train({}, [stopping])).history.history.loss.length).toBe(3);
  });

  it('takes for an improvement only what is more than minDelta', async () => {
    const { history } = await train({}, [new EarlyStopping({ minDelta: 100 })]);
    expect(history.history.loss.length).toBe(2);
  });

  it('restores the weights of the best epoch', async () => {
    const best = weightsOf((await train({ epochs: 1, ...diverging })).model);
    const stopping = new EarlyStopping({ patience: 2, restoreBestWeights: true });
    const { model, history } = await train({ epochs: 9, ...diverging }, [stopping]);
    expect(history.history.val_loss?.length).toBe(3);
    expect(weightsOf(model)).toEqual(best);
    const plain = await train({ epochs: 9, ...diverging }, [new EarlyStopping({ patience: 2 })]);
    expect(weightsOf(plain.model)).not.toEqual(best);
  });

  it('says what is missing where there is no validation', async () => {
    await expect(train({ validationSplit: 0 }, [new EarlyStopping()])).rejects.toThrow(
      "EarlyStopping: there is no 'val_loss' to watch; the logs have loss. Give a validationSplit, or set monitor to 'loss'.",
    );
  });
});

describe('ModelCheckpoint', () => {
  it('saves the model of each epoch, which can be loaded', async () => {
    const path = join(folder, 'each-{epoch}.safetensors');
    await train({}, [new ModelCheckpoint({ path })]);
    for (const epochs of [1, 2, 3]) {
      const loaded = smallDense(99);
      await loadWeights(join(folder, `each-${epochs}.safetensors`), loaded);
      expect(weightsOf(loaded)).toEqual(weightsOf((await train({ epochs })).model));
    }
  });

  it('saves only what is better than all before, if told so', async () => {
    const best = (name: string) => new ModelCheckpoint({ path: join(folder, `${name}-{epoch}`), saveBestOnly: true });
    await train({ optimizer: still }, [best('still')]);
    const { history } = await train({ epochs: 6, optimizer: new SGD({ learningRate: 0.3 }) }, [best('any')]);
    const valLoss = history.history.val_loss ?? [];
    const records = valLoss.flatMap((loss, epoch) =>
      valLoss.slice(0, epoch).every((before) => loss < before) ? [`any-${epoch + 1}`] : [],
    );
    const files = (await readdir(folder)).filter((file) => /^(still|any)/.test(file)).sort();
    expect(files).toEqual([...records, 'still-1']);
  });
});

describe('a folder that is missing', () => {
  it('is made by what writes into it', async () => {
    const path = join(folder, 'made', 'deep', 'log.csv');
    const saving = new ModelCheckpoint({
      path: join(folder, 'models', 'of-{epoch:02d}', '{val_loss:.2f}.safetensors'),
    });
    await train({ epochs: 2 }, [new CSVLogger({ path }), saving]);
    expect(await readFile(path, 'utf8')).toContain('epoch,loss,val_loss,seconds,examples_per_second');
    expect((await readdir(join(folder, 'models'))).sort()).toEqual(['of-01', 'of-02']);
  });

  it('is refused before the first epoch where it cannot be made', async () => {
    const file = join(folder, 'file');
    await writeFile(file, 'mine');
    const path = join(file, 'model.safetensors');
    const onEpochBegin = () => expect.unreachable();
    for (const writing of [new CSVLogger({ path }), new ModelCheckpoint({ path })]) {
      await expect(train({}, [writing, { onEpochBegin }])).rejects.toThrow(`nothing can be written into ${file}`);
    }
    const onFolder = train({}, [new CSVLogger({ path: folder }), { onEpochBegin }]);
    await expect(onFolder).rejects.toThrow(`${folder} is a folder; expected the path of a file.`);
  });
});

describe('CSVLogger', () => {
  it('writes a line an epoch with its numbers', async () => {
    const path = join(folder, 'log.csv');
    for (const validationSplit of [0.25, 0]) {
      const { history } = await train({ validationSplit }, [new CSVLogger({ path })]);
      const [header, ...lines] = (await readFile(path, 'utf8')).trimEnd().split('\n');
      const names = validationSplit > 0 ? 'loss,val_loss' : 'loss';
      expect(header).toBe(`epoch,${names},seconds,examples_per_second`);
      const cells = lines.map((line) => line.split(','));
      expect(cells.map(([epoch]) => epoch)).toEqual(['1', '2', '3']);
      expect(cells.map(([, loss]) => Number(loss))).toEqual(history.history.loss);
      if (validationSplit > 0) expect(cells.map((line) => Number(line[2]))).toEqual(history.history.val_loss);
    }
  });
});

describe('TerminateOnNaN', () => {
  it('ends training when the loss is lost, and can be used again', async () => {
    const watch = new TerminateOnNaN();
    const exploding: Partial<FitOptions> = { epochs: 50, optimizer: new SGD({ learningRate: 1e30 }) };
    for (let use = 0; use < 2; use++) {
      const { history } = await train(exploding, [watch]);
      expect(history.steps).toBeLessThan(50 * 5);
      expect(watch.stoppedAt?.epoch).toBe(0);
    }
    expect((await train({}, [watch])).history.steps).toBe(15);
    expect(watch.stoppedAt).toBeUndefined();
  });
});
