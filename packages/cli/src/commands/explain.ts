import { print } from '@weft/core/program';
import { AUTOENCODERS, type Autoencoder, autoencoderOf, buildAutoencoder, type ModelKey } from '@weft/models';
import { meanSquaredError } from '@weft/nn';
import { wrap } from '../arguments/help.js';
import { choice, type Kind, wholeNumber } from '../arguments/kinds.js';
import { option } from '../arguments/table.js';
import { EXIT, UsageError } from '../exit.js';
import { type ExplainedModel, explainModel } from '../explain/explained-model.js';
import { LEGEND, operationCount, overview } from '../explain/overview.js';
import { passKeys, type ShownPass, type ShownUpdate, shownUpdate } from '../explain/shown-passes.js';
import { isModelKey, MODEL_KEYS } from '../run/model-keys.js';
import { formatCount } from '../terminal/text.js';
import { type Command, commonOptions, jsonOption } from './command.js';
import { trainOptions } from './train-options.js';
import { denoises, givenPath, savedModels } from './trained-models.js';

const passName: Kind<string> = {
  placeholder: 'PASS',
  expected: 'the name of a pass, such as fuse',
  example: 'fuse',
  read: (text) => (text === '' ? undefined : text),
};

const explainOptions = {
  model: option({ kind: choice(...MODEL_KEYS), default: 'cae', help: 'Which model, where no file is given.' }),
  pass: option<string | undefined>({
    kind: passName,
    default: undefined,
    defaultText: 'none',
    help: 'Show the program after this pass too, operation by operation.',
  }),
  batchSize: option({ kind: wholeNumber(1), default: trainOptions.batchSize.default, help: 'Examples a step.' }),
  convolution: trainOptions.convolution,
  json: jsonOption('all of it'),
  ...commonOptions,
};

export const explain: Command<typeof explainOptions> = {
  usage: 'weft explain [FILE.safetensors] [options]',
  summary: "Show what compilation makes of a model's training step, pass by pass.",
  description:
    'Shows a training step with mean squared error and Adam: how many operations there are after each pass, what bytes they move and how many products they compute; how the batch is cut into micro-batches and phases, what crosses a cut, and what workers do between barriers. Nothing is trained.',
  options: explainOptions,
  positionals: { least: 0, most: 1 },
  async run({ values: options, positionals: [path], terminal }) {
    const explained = path === undefined ? freshModel(options.model) : await savedModel(path);
    const updates = (await explainModel(explained, options)).map(shownUpdate);
    const shown = options.pass === undefined ? undefined : programsAfter(options.pass, updates);
    if (options.json) {
      terminal.print(JSON.stringify(asJson(explained, updates, options.pass), null, 2));
      return EXIT.ok;
    }
    const { model, title } = explained;
    const texts = updates.map(overview);
    const advice = wrap(`--pass PASS shows the program after one of them: ${passKeys(updates).join(', ')}.`).join('\n');
    const weights = `${formatCount(model.countWeights('trainable'))} trainable weights`;
    terminal.result(
      [`${title}: ${weights}, trained with ${objectiveIn(explained)}.\n${LEGEND}`, ...texts, shown ?? advice].join(
        '\n\n',
      ),
    );
    return EXIT.ok;
  },
};

function freshModel(key: ModelKey): ExplainedModel {
  const { title, denoises } = AUTOENCODERS[key];
  return { title, denoises, ...trainedBy(buildAutoencoder(key, { height: 28, width: 28, channels: 1, seed: 42 })) };
}

/** The objective in words. */
function objectiveIn({ objective }: ExplainedModel): string {
  const isPlain = !objective || ('loss' in objective && objective.loss === meanSquaredError);
  return isPlain ? 'mean squared error and Adam' : 'Adam, mean squared error and terms of its own';
}

/** A model and its objective, with mean squared error between images. */
function trainedBy(autoencoder: Autoencoder): Pick<ExplainedModel, 'model' | 'objective'> {
  return { model: autoencoder.model, objective: autoencoder.objective(meanSquaredError) };
}

async function savedModel(path: string): Promise<ExplainedModel> {
  const saved = await savedModels(givenPath(path));
  if (saved.length > 1) {
    throw new UsageError(
      `weft explain: ${path} holds several models. Give one of them: ${saved.map((model) => model.path).join(' or ')}.`,
    );
  }
  const [{ title, model, card }] = saved;
  const facts = { title, denoises: denoises(saved[0]) };
  const key = card.model;
  return key !== undefined && isModelKey(key)
    ? { ...facts, ...trainedBy(autoencoderOf(key, model)) }
    : { ...facts, model };
}

/** All programs after a pass: behind the cut there may be several. */
function programsAfter(key: string, updates: readonly ShownUpdate[]): string {
  const texts = updates.flatMap(({ update, passes, parts }) => {
    const ofBatch = passes.map((pass) => ({ pass, title: update.name }));
    const ofParts = parts.flatMap((part) => part.passes.map((pass) => ({ pass, title: part.title })));
    return [...ofBatch, ...ofParts]
      .filter(({ pass }) => pass.key === key)
      .map(({ pass, title }) => program(title, pass));
  });
  if (texts.length > 0) return texts.join('\n\n');
  throw new UsageError(`weft explain: there is no pass '${key}'. The passes are ${passKeys(updates).join(', ')}.`);
}

const program = (title: string, { key, pass, scope }: ShownPass) =>
  `${title}, for ${scope}, after ${key}:\n${print(pass.program).trimEnd()}`;

/** Numbers of all passes and stages; the program's text where it was asked for. */
function asJson({ title, model }: ExplainedModel, updates: readonly ShownUpdate[], wanted: string | undefined) {
  const passes = (list: readonly ShownPass[]) =>
    list.map(({ key, pass: { does, counts, program } }) => ({
      pass: key,
      does,
      operations: operationCount(counts),
      operationsByName: counts.operations,
      bytesRead: counts.bytesRead,
      bytesWritten: counts.bytesWritten,
      multiplyAccumulates: counts.multiplyAccumulates,
      ...(key === wanted && { program: print(program) }),
    }));
  return {
    model: title,
    weights: model.countWeights('trainable'),
    updates: updates.map(({ update, passes: ofBatch, parts }) => ({
      loss: update.name,
      optimizer: update.optimizer,
      batchSize: update.batch,
      microBatchSize: update.microBatch,
      passes: passes(ofBatch),
      stages: update.stages.map((stage) => {
        const { passes: _programs, ...facts } = stage;
        const part = parts.find((other) => other.stage === stage);
        return { ...facts, ...(part && { title: part.title, passes: passes(part.passes) }) };
      }),
    })),
  };
}
