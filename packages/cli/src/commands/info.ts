import { availableParallelism, cpus, totalmem } from 'node:os';
import { hasSimd } from '@weft/core/program';
import { columns } from '../arguments/help.js';
import { data } from '../doctor/data.js';
import { EXIT } from '../exit.js';
import { RUN_FILES, shownPath } from '../run/directory.js';
import { resultsTable } from '../run/results-table.js';
import { weightsSha256 } from '../run/weights-sha256.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatValue } from '../terminal/text.js';
import { WEFT_VERSION } from '../version.js';
import { type Command, commonOptions, jsonOption } from './command.js';
import { givenPath, isFolder, readRecord, type SavedModel, savedModels } from './trained-models.js';

const infoOptions = { json: jsonOption('it'), ...commonOptions };

export const info: Command<typeof infoOptions> = {
  usage: 'weft info [DIR|FILE.safetensors] [options]',
  summary: 'Show versions, cores and data, or what a run or a model is.',
  description:
    "Without an argument: versions, cores, kernels, and where Fashion-MNIST was found. With a run's folder or a model's file: the models' layers, and the run's results.",
  options: infoOptions,
  positionals: { least: 0, most: 1 },
  async run({ values: { json }, positionals: [given], terminal }) {
    if (given === undefined) {
      const facts = await systemFacts(terminal);
      if (json) terminal.print(JSON.stringify(facts, null, 2));
      else terminal.result(columns(Object.entries(facts).map(([name, value]) => [name, String(value)])));
      return EXIT.ok;
    }
    const path = givenPath(given);
    const results = (await isFolder(path)) ? await readResults(path) : undefined;
    const models = await savedModels(path);
    if (json) {
      terminal.print(JSON.stringify({ models: models.map(modelFacts) }, null, 2));
    } else {
      const parts = models.map((saved) => `${saved.path}\n${saved.model.summary()}\n${described(saved)}`);
      terminal.result([...parts, ...(results === undefined ? [] : [results])].join('\n\n'));
    }
    return EXIT.ok;
  },
};

async function systemFacts(terminal: Terminal) {
  return {
    weft: WEFT_VERSION,
    node: process.versions.node,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() || 'unknown',
    memory: `${Math.round(totalmem() / 1e6)} MB`,
    kernels: hasSimd() ? 'WebAssembly SIMD' : 'reference (slow: this Node has no WebAssembly SIMD)',
    data: await dataFound(terminal),
  };
}

async function dataFound(terminal: Terminal): Promise<string> {
  const { text, findings } = await data();
  for (const { problem } of findings) if (problem !== text) terminal.warning(problem);
  return text;
}

async function readResults(folder: string): Promise<string | undefined> {
  try {
    return resultsTable((await readRecord(folder)).record);
  } catch (error) {
    // A run that was broken off has models but no record.
    const { cause } = error as { cause?: NodeJS.ErrnoException };
    if (cause?.code === 'ENOENT') return `No ${RUN_FILES.record}: the run in ${shownPath(folder)} was not finished.`;
    throw error;
  }
}

/** The shapes of a model of one input and one output, or those of several by name. */
function shapesOf({ inputs, outputs }: SavedModel['model']) {
  const [[input, second], [output, other]] = [inputs, outputs];
  if (!second && !other) return { inputShape: input.shape, outputShape: output.shape };
  const byName = (tensors: readonly { readonly name: string; readonly shape: readonly number[] }[]) =>
    Object.fromEntries(tensors.map(({ name, shape }) => [name, shape]));
  return { inputShapes: byName(inputs), outputShapes: byName(outputs) };
}

function modelFacts({ path, model, card }: SavedModel) {
  return {
    path,
    name: model.name,
    ...shapesOf(model),
    parameters: model.countWeights(),
    weightsSha256: weightsSha256(model),
    card,
  };
}

function described(saved: SavedModel): string {
  const { dataset, epochs, seed, noise, loss, score } = saved.card;
  const facts = [
    ...(dataset === undefined ? [] : [`trained on ${dataset}`]),
    ...(epochs === undefined ? [] : [epochs === 1 ? '1 epoch' : `${epochs} epochs`]),
    ...(seed === undefined ? [] : [`seed ${seed}`]),
    ...(noise === undefined ? [] : [`noise ${noise}`]),
    ...(loss === undefined ? [] : [`loss ${loss}`]),
    ...(score === undefined ? [] : [`an anomaly from an error of ${formatValue(score.threshold)} on`]),
  ];
  return ` ${facts.length > 0 ? `${facts.join(', ')}\n ` : ''}weights SHA-256 ${weightsSha256(saved.model)}`;
}
