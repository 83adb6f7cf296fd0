import { basename, dirname, extname } from 'node:path';
import type { BaseModel } from '@weft/nn';
import { choice, flag, type Kind, wholeNumber } from '../arguments/kinds.js';
import { pictureSize, sizeOf } from '../arguments/picture-size.js';
import { kebab, option, type Values } from '../arguments/table.js';
import { EXIT, UsageError } from '../exit.js';
import { chooseModel } from '../pictures/choose-model.js';
import { modelOption, overwriteOption } from '../pictures/options.js';
import { OutputFiles } from '../pictures/output-files.js';
import { shownPath } from '../run/directory.js';
import { modelForOthers } from '../run/model-for-others.js';
import type { Terminal } from '../terminal/terminal.js';
import { type Command, commonOptions, jsonOption } from './command.js';
import { givenPath, type SavedModel } from './trained-models.js';

/** Options of ONNX files alone. */
interface OfOnnx {
  readonly opset: number;
  readonly batch: number | 'dynamic';
  readonly bytes: boolean;
  readonly pictureSize: string | undefined;
}

/** A program that models are written for. */
interface Target {
  /** Of the file that OUT names. */
  readonly ending: string;
  /** Endings of all files. */
  readonly endings: readonly string[];
  /** Contents in the order of the endings. */
  files(model: BaseModel, options: OfOnnx, saved: SavedModel): Promise<readonly (string | Uint8Array)[]>;
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
    async files(model, { opset, batch, bytes, pictureSize: size }, { card }) {
      const { toOnnx } = await import('@weft/formats/onnx');
      const preprocessing = {
        ...(bytes && { scale: card.scale ?? 1 / 255 }),
        ...(size !== undefined && { size: sizeOf(size) }),
      };
      const metadata = Object.entries(card).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]);
      return [
        toOnnx(model, {
          opset,
          batch,
          metadata: Object.fromEntries(metadata),
          ...(Object.keys(preprocessing).length > 0 && { preprocessing }),
        }),
      ];
    },
  },
} as const satisfies Readonly<Record<string, Target>>;

/** A number of images, or any. */
const batchSize: Kind<number | 'dynamic'> = {
  placeholder: 'N|dynamic',
  expected: 'dynamic or a whole number from 1',
  example: '1',
  read: (text) => (text === 'dynamic' ? text : /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined),
};

const exportOptions = {
  to: option<keyof typeof TARGETS | undefined>({
    kind: choice('keras', 'onnx'),
    default: undefined,
    defaultText: "by OUT's ending",
    help: 'For which program. keras: OUT.safetensors with OUT.py beside it, whose load() builds the model in Keras 3; onnx: OUT.onnx.',
  }),
  model: modelOption,
  opset: option({
    kind: wholeNumber(13, 26),
    default: 17,
    help: 'Of onnx: the version of its operators.',
  }),
  batch: option<number | 'dynamic'>({
    kind: batchSize,
    default: 'dynamic',
    help: 'Of onnx: how many images are given at once; dynamic is any number.',
  }),
  bytes: option({
    kind: flag,
    default: false,
    help: 'Of onnx: the input takes bytes, which the file scales as training did.',
  }),
  pictureSize: option<string | undefined>({
    kind: pictureSize,
    default: undefined,
    defaultText: "the model's own",
    help: 'Of onnx: the input takes images of this size, which the file resizes bilinearly.',
  }),
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
  async run({ values, given, positionals: [path, out], terminal }) {
    const target = values.to ?? targetOf(givenPath(out));
    const own = OF_ONNX.find((name) => given.has(name));
    if (own !== undefined && target !== 'onnx') {
      throw new UsageError(`--${kebab(own)}: it is an option of onnx, but this is for ${target}. Leave it out.`);
    }
    return write({ ...values, to: target }, path, out, terminal);
  },
};

type ExportOptions = Values<typeof exportOptions>;
const OF_ONNX = ['opset', 'batch', 'bytes', 'pictureSize'] as const satisfies readonly (keyof OfOnnx)[];

async function write(
  options: ExportOptions & { readonly to: keyof typeof TARGETS },
  path: string,
  out: string,
  terminal: Terminal,
): Promise<number> {
  const { to, model: key, overwrite, json } = options;
  const place = givenPath(out);
  const target: Target = TARGETS[to];
  const name = basename(place);
  const stem = target.endings.includes(extname(name).toLowerCase()) ? name.slice(0, -extname(name).length) : name;
  const names = target.endings.map((ending) => `${stem}${ending}`);
  const saved = await chooseModel(path, key);
  const contents = await target.files(modelForOthers(saved), options, saved);
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
