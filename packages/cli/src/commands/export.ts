import { basename, dirname, extname } from 'node:path';
import type { BaseModel } from '@weft/nn';
import { choice } from '../arguments/kinds.js';
import { option, type Values } from '../arguments/table.js';
import { EXIT, UsageError } from '../exit.js';
import { chooseModel } from '../pictures/choose-model.js';
import { modelOption, overwriteOption } from '../pictures/options.js';
import { OutputFiles } from '../pictures/output-files.js';
import { shownPath } from '../run/directory.js';
import { modelForOthers } from '../run/model-for-others.js';
import type { Terminal } from '../terminal/terminal.js';
import { type Command, commonOptions, jsonOption } from './command.js';
import { givenPath } from './trained-models.js';

/** A program that models are written for. */
interface Target {
  /** Of the file that OUT names. */
  readonly ending: string;
  /** Endings of all files. */
  readonly endings: readonly string[];
  /** Contents in the order of the endings. */
  files(model: BaseModel): Promise<readonly (string | Uint8Array)[]>;
}

const TARGETS = {
  keras: {
    ending: '.safetensors',
    endings: ['.safetensors', '.py'],
    async files(model) {
      const { encodeKeras } = await import('@weft/formats/keras');
      const { weights, script } = encodeKeras(model);
      return [weights, script];
    },
  },
  onnx: {
    ending: '.onnx',
    endings: ['.onnx'],
    async files(model) {
      const { toOnnx } = await import('@weft/formats/onnx');
      return [toOnnx(model)];
    },
  },
} as const satisfies Readonly<Record<string, Target>>;

const exportOptions = {
  to: option<keyof typeof TARGETS | undefined>({
    kind: choice('keras', 'onnx'),
    default: undefined,
    defaultText: "by OUT's ending",
    help: 'For which program. keras: OUT.safetensors with OUT.py beside it, whose load() builds the model in Keras 3; onnx: OUT.onnx.',
  }),
  model: modelOption,
  overwrite: overwriteOption,
  json: jsonOption('what was written'),
  ...commonOptions,
};

export const exportModel: Command<typeof exportOptions> = {
  usage: 'weft export MODEL OUT [options]',
  summary: 'Write a trained model for Keras or ONNX.',
  description:
    "Writes a model as other programs read it. MODEL is a .safetensors file or a run's folder. What leads from images to images is written; of a variational autoencoder that uses the means of the latents. Layers that the other program does not have are listed all at once. Exit codes: 0 all done, 1 failure, 2 wrong usage, 3 the model is missing or damaged, or cannot be expressed.",
  options: exportOptions,
  positionals: { least: 2, most: 2 },
  run: ({ values, positionals: [path, out], terminal }) => write(values, path, out, terminal),
};

async function write(
  { to, model: key, overwrite, json }: Values<typeof exportOptions>,
  path: string,
  out: string,
  terminal: Terminal,
): Promise<number> {
  const place = givenPath(out);
  const target: Target = TARGETS[to ?? targetOf(place)];
  const name = basename(place);
  const stem = target.endings.includes(extname(name)) ? name.slice(0, -extname(name).length) : name;
  const names = target.endings.map((ending) => `${stem}${ending}`);
  const saved = await chooseModel(path, key);
  const contents = await target.files(modelForOthers(saved));
  const inputs = [givenPath(saved.path)];
  const files = await OutputFiles.plan(dirname(place), names, { overwrite, inputs });
  for (const [at, file] of names.entries()) await files.write(file, contents[at]);
  const written = names.map((file) => shownPath(files.place(file)));
  if (json) terminal.print(JSON.stringify({ model: saved.path, output: written }, null, 2));
  else terminal.result(`${saved.title}\nWritten: ${written.join(', ')}`);
  return EXIT.ok;
}

/** @throws UsageError for an ending of no program */
function targetOf(place: string): keyof typeof TARGETS {
  const ending = extname(place).toLowerCase();
  if (ending === '.onnx') return 'onnx';
  if (ending === '.py' || ending === '.safetensors') return 'keras';
  throw new UsageError(
    `OUT: got '${basename(place)}', whose ending says nothing of what for; expected .safetensors (Keras) or .onnx. Or give --to.`,
  );
}
