import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeModel } from '../../packages/formats/src/index.js';
import * as pool from '../../packages/pool/src/index.js';
import { inChromium, openBrowser } from '../support/browser/chromium.js';
import { openWeb, type Web, type Weft, webFiles } from '../support/browser/web.js';

interface Wish {
  readonly epochs: number;
  /** Folder of the checkpoints, from which training resumes. */
  readonly directory?: string;
  /** Ends training after so many batches. */
  readonly batches?: number;
  /** Whether the other callbacks that write files are there. */
  readonly files?: boolean;
}

/** Trains a small network; uses nothing but its arguments, so that a page can run it. */
async function train(weft: Weft, { epochs, directory, batches, files }: Wish) {
  const { CSVLogger, Dense, Dropout, ModelCheckpoint, Sequential } = weft;
  const layers = [new Dense({ units: 8, activation: 'tanh' }), new Dropout({ rate: 0.2 }), new Dense({ units: 1 })];
  const model = new Sequential(layers, { inputShape: [1], seed: 1 });
  const x = Float32Array.from({ length: 200 }, (_, at) => at / 200);
  const controller = new AbortController();
  const warnings: string[] = [];
  let told = 0;
  const count = () => {
    told++;
    if (told === batches) controller.abort();
  };
  const history = await weft.fit(
    model,
    { x, y: x },
    {
      epochs,
      batchSize: 16,
      signal: controller.signal,
      onWarning: (message) => void warnings.push(message),
      callbacks: [
        { onBatchEnd: count },
        ...(files
          ? [new CSVLogger({ path: 'logs/metrics.csv' }), new ModelCheckpoint({ path: 'models/{epoch}.safetensors' })]
          : []),
      ],
      ...(directory !== undefined && {
        checkpoints: { directory, every: { steps: 5 } },
        resumeFrom: directory,
      }),
    },
  );
  return { sha256: weft.weightsSha256(model), loss: history.history.loss, aborted: history.aborted, warnings };
}

/** All files of the page's origin, with their texts or numbers of bytes. */
async function filesOfOrigin(_: Web): Promise<Record<string, string | number>> {
  const found: Record<string, string | number> = {};
  const look = async (folder: FileSystemDirectoryHandle, path: string) => {
    for await (const [name, handle] of folder as unknown as AsyncIterable<[string, FileSystemHandle]>) {
      if (handle.kind === 'directory') await look(handle as FileSystemDirectoryHandle, `${path}${name}/`);
      else {
        const file = await (handle as FileSystemFileHandle).getFile();
        found[`${path}${name}`] = name.endsWith('.csv') ? await file.text() : file.size;
      }
    }
  };
  await look(await navigator.storage.getDirectory(), '');
  return found;
}

inChromium('files of a page', async () => {
  const browser = await openBrowser();

  test.each([true, false])(
    'resume a training after the page was loaded anew, with the bits of Node, isolated: %s',
    async (isolated) => {
      const whole = await train(pool as unknown as Weft, { epochs: 4 });
      const { run, page, close } = await openWeb(browser, { isolated });
      const directory = 'runs/first/checkpoints';
      const broken = await run(train, { epochs: 4, directory, batches: 20 });
      expect(broken.aborted).toBe(true);
      const names = Object.keys(await run(filesOfOrigin, undefined));
      expect(names.length).toBeGreaterThan(0);
      expect(
        names.filter((name) => !/^runs\/first\/checkpoints\/checkpoint-step-\d{8}\.safetensors$/.test(name)),
      ).toEqual([]);
      await page.reload();
      const { sha256, loss, warnings } = await run(train, { epochs: 4, directory });
      expect({ sha256, loss }).toEqual({ sha256: whole.sha256, loss: whole.loss });
      expect(sha256).not.toBe(broken.sha256);
      expect(warnings).toEqual([]);
      await close();
    },
  );

  test('resume a training that Node has begun, with the same bits', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'weft-web-'));
    const begun = await train(pool as unknown as Weft, { epochs: 4, directory, batches: 20 });
    expect(begun.aborted).toBe(true);
    const name = readdirSync(directory).sort().at(-1) as string;
    const files = { ...webFiles(), '/checkpoint': readFileSync(join(directory, name)) };
    rmSync(directory, { recursive: true });
    const { run, close } = await openWeb(browser, { isolated: true, files });
    await run(async (_, path) => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('run', { create: true });
      const stream = await (await folder.getFileHandle(path, { create: true })).createWritable();
      await stream.write(await (await fetch('/checkpoint')).blob());
      await stream.close();
    }, name);
    const { sha256, loss } = await run(train, { epochs: 4, directory: 'run' });
    const whole = await train(pool as unknown as Weft, { epochs: 4 });
    expect({ sha256, loss }).toEqual({ sha256: whole.sha256, loss: whole.loss });
    await close();
  });

  test('are those of callbacks, too', async () => {
    const { run, close } = await openWeb(browser, { isolated: true });
    const { sha256, loss } = await run(train, { epochs: 3, files: true });
    const files = await run(filesOfOrigin, undefined);
    const lines = (files['logs/metrics.csv'] as string).trim().split('\n');
    expect(lines[0].split(',').slice(0, 2)).toEqual(['epoch', 'loss']);
    expect(lines.slice(1).map((line) => Number(line.split(',')[1]))).toEqual(loss);
    expect(
      Object.keys(files)
        .filter((name) => name.startsWith('models/'))
        .sort(),
    ).toEqual([1, 2, 3].map((epoch) => `models/${epoch}.safetensors`));
    const loaded = await run(async ({ loadModel, weightsSha256 }) => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('models');
      const { model } = await loadModel(await (await folder.getFileHandle('3.safetensors')).getFile());
      return weightsSha256(model);
    }, undefined);
    expect(loaded).toBe(sha256);
    await close();
  });

  test('are refused with a sentence where the browser keeps none', async () => {
    const before = 'StorageManager.prototype.getDirectory = undefined';
    const { run, close } = await openWeb(browser, { isolated: true, before });
    const message = await run(async ({ CSVLogger, Dense, Sequential, ...weft }) => {
      const model = new Sequential([new Dense({ units: 1 })], { inputShape: [1] });
      const callbacks = [new CSVLogger({ path: 'logs/metrics.csv' })];
      return weft
        .fit(model, { x: Float32Array.of(1, 2) }, { epochs: 1, callbacks })
        .catch((error: Error) => error.message);
    }, undefined);
    expect(message).toMatch(
      /^CSVLogger: path: nothing can be written into logs \(This page has no files of its own: .* https or from localhost/,
    );
    await close();
  });
});

inChromium('models of a page', async () => {
  const browser = await openBrowser();

  test('are downloaded, fetched and read as bytes, and refused with a sentence', async () => {
    const model = new pool.Sequential([new pool.Dense({ units: 3 })], { inputShape: [2], seed: 4 });
    const bytes = encodeModel(model, { note: 'kept' });
    const files = {
      ...webFiles(),
      '/models/m.safetensors': bytes,
      '/damaged.safetensors': bytes.slice(0, 60),
      '/page.html': '<p>',
    };
    const { run, page, server, close } = await openWeb(browser, { files });
    const read = await run(async ({ encodeModel, loadModel, weightsSha256 }) => {
      const first = await loadModel('models/m.safetensors');
      const again = encodeModel(first.model, first.metadata);
      const sources = [new URL('models/m.safetensors', location.href), again, again.buffer, new Blob([again])];
      const others = await Promise.all(sources.map((source) => loadModel(source)));
      return [first, ...others].map((each) => [weightsSha256(each.model), each.metadata]);
    }, undefined);
    expect(read).toEqual(read.map(() => [pool.weightsSha256(model), { note: 'kept' }]));
    const refused = await run(async ({ loadModel }, elsewhere) => {
      const addresses = ['none.safetensors', 'page.html', 'damaged.safetensors', elsewhere, '', 7 as unknown as string];
      return Promise.all(
        addresses.map((address) => loadModel(address).catch((error: Error) => `${error.name}: ${error.message}`)),
      );
    }, 'http://127.0.0.1:1/m.safetensors');
    expect(refused[0]).toBe(
      'Error: loadModel: the server answers 404 to none.safetensors. See that the file is there.',
    );
    expect(refused[1]).toBe(
      'SafetensorsError: loadModel: page.html is a page, not a model. See that the file is there.',
    );
    expect(refused[2]).toMatch(/^SafetensorsError: damaged\.safetensors: /);
    expect(refused[3]).toMatch(
      /^Error: loadModel: http:\/\/127\.0\.0\.1:1\/m\.safetensors cannot be fetched \(.*\)\. See that the address is right/,
    );
    expect(refused[4]).toMatch(/^TypeError: loadModel: the source is an empty text; expected bytes, a Blob or a URL/);
    expect(refused[5]).toMatch(/^TypeError: loadModel: the source is a value of Number/);

    const downloading = page.waitForEvent('download');
    const kept = await run(async ({ loadModel, saveModel }) => {
      const { model: loaded } = await loadModel('models/m.safetensors');
      let address = '';
      const create = URL.createObjectURL;
      URL.createObjectURL = (source) => {
        address = create(source);
        return address;
      };
      saveModel('mine.safetensors', loaded, { note: 'kept' });
      URL.createObjectURL = create;
      // Whatever was to be done right after the click is done then.
      await new Promise((resolve) => setTimeout(resolve, 0));
      await new Promise((resolve) => setTimeout(resolve, 0));
      return (await fetch(address)).ok;
    }, undefined);
    expect(kept).toBe(true);
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('mine.safetensors');
    const parts: Uint8Array[] = [];
    for await (const part of await download.createReadStream()) parts.push(part as Uint8Array);
    expect(new Uint8Array(Buffer.concat(parts))).toEqual(new Uint8Array(bytes));
    expect(server.requests.filter(({ path }) => path === '/models/m.safetensors').length).toBeGreaterThan(0);
    await close();
  });
});
