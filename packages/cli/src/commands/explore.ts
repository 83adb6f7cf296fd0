import { basename, dirname } from 'node:path';
import { encodeExploration } from '@weft/formats';
import { WorkerPool } from '@weft/pool';
import { folder, wholeNumber } from '../arguments/kinds.js';
import { option, type Values } from '../arguments/table.js';
import { EXIT, UsageError } from '../exit.js';
import { exploreModel, MOST_EXPLORED } from '../explore/explore-model.js';
import { type ExploredRun, exploredData, openExplored } from '../explore/open-explored.js';
import { modelOption, overwriteOption, pictureThreads, text } from '../pictures/options.js';
import { OutputFiles } from '../pictures/output-files.js';
import { explorationFile, shownPath } from '../run/directory.js';
import { giveMemoryBack } from '../run/forget.js';
import { listenForInterrupt } from '../terminal/interrupt.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatCount } from '../terminal/text.js';
import { type Command, commonOptions, jsonOption } from './command.js';
import { simdOption } from './train-options.js';
import { givenPath } from './trained-models.js';

const exploreOptions = {
  model: { ...modelOption, defaultText: 'each of them', help: 'Which of the models of the run to explore.' },
  examples: option({
    // Components need two.
    kind: wholeNumber(2, 100_000),
    default: MOST_EXPLORED,
    help: "Explore the first N of the run's test images.",
  }),
  data: option<string | undefined>({
    kind: folder,
    default: undefined,
    defaultText: 'where it was',
    help: 'Where the folder of pictures that the run was trained on is now.',
  }),
  out: option<string | undefined>({
    kind: text('FILE', 'the path of a file', 'explore.safetensors'),
    default: undefined,
    defaultText: 'RUN/explore-<model>.safetensors',
    help: 'The file to write, which ends in .safetensors.',
  }),
  overwrite: {
    ...overwriteOption,
    help: "Replace the file of --out if it is there already. Those in the run's folder are always replaced.",
  },
  threads: pictureThreads,
  simd: simdOption,
  json: jsonOption('what was written'),
  ...commonOptions,
};

type ExploreOptions = Values<typeof exploreOptions>;

export const explore: Command<typeof exploreOptions> = {
  usage: 'weft explore RUN [options]',
  summary: 'Write how a model sees the test images, for the page Explore.',
  description:
    "Writes a file that the page Explore opens: where the run's test images lie along up to 50 principal components of the latents, their errors, the eight nearest neighbours of each by those components, the images before and after the model, and its decoder. RUN is the folder that weft train wrote. One file for each model: for 10,000 images of 28 x 28 pixels 19 MB, or 27 MB if it denoises. The numbers are the same for any number of threads.",
  options: exploreOptions,
  positionals: { least: 1, most: 1 },
  async run({ values: options, positionals: [given], terminal }) {
    const folderOfRun = givenPath(given);
    const run = await openExplored(given, options.model);
    const places = await plan(folderOfRun, run, options);
    const interrupt = listenForInterrupt(() => terminal.message('Interrupted.'));
    try {
      const written = await exploreAll(run, places, {
        name: basename(folderOfRun),
        options,
        terminal,
        signal: interrupt.signal,
      });
      if (options.json) terminal.print(JSON.stringify(written, null, 2));
      else terminal.result(written.map(writtenText).join('\n'));
      return EXIT.ok;
    } finally {
      terminal.show(undefined);
      interrupt.stop();
    }
  },
};

/** Where files go: a name within a folder for each model. */
interface Places {
  readonly files: OutputFiles;
  readonly names: readonly string[];
}

/** @throws UsageError if several models would make one file, or it is there and may not be replaced */
async function plan(folderOfRun: string, { models }: ExploredRun, { out, overwrite }: ExploreOptions): Promise<Places> {
  if (out === undefined) {
    const names = models.map(({ key }) => explorationFile(key));
    return { files: await OutputFiles.plan(folderOfRun, names, { overwrite: true }), names };
  }
  if (!/\.safetensors$/i.test(out)) {
    throw new UsageError(
      `--out: got '${out}', expected a name that ends in .safetensors. Give for instance --out explore.safetensors.`,
    );
  }
  if (models.length > 1) {
    const keys = models.map(({ key }) => key).join(', ');
    throw new UsageError(`--out: the run has several models, and each has a file. Choose one with --model: ${keys}.`);
  }
  const place = givenPath(out);
  const names = [basename(place)];
  return { files: await OutputFiles.plan(dirname(place), names, { overwrite, argument: '--out' }), names };
}

interface ExploreCall {
  readonly name: string;
  readonly options: ExploreOptions;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** What was written of a model. */
interface Written {
  readonly path: string;
  readonly model: string;
  readonly title: string;
  readonly images: number;
  readonly components: number;
  /** Part of the latents' variance that the components hold. */
  readonly explainedVariance: number;
  readonly hasDecoder: boolean;
  readonly bytes: number;
}

async function exploreAll(run: ExploredRun, { files, names }: Places, call: ExploreCall): Promise<Written[]> {
  const { options, terminal, signal } = call;
  const data = await exploredData(run, options.data, terminal, signal);
  const pool = await WorkerPool.create({ threads: options.threads });
  const written: Written[] = [];
  try {
    for (const [index, { key, title, autoencoder, noise }] of run.models.entries()) {
      terminal.show(`Exploring the ${title}`);
      const explored = { autoencoder, run: call.name, data, noise, seed: run.options.seed };
      const exploration = await exploreModel(explored, { pool, signal }, options.examples);
      const bytes = encodeExploration(exploration);
      await files.write(names[index], bytes);
      const ratios = exploration.explainedVarianceRatio;
      written.push({
        path: shownPath(files.place(names[index])),
        model: key,
        title,
        images: exploration.count,
        components: ratios.length,
        explainedVariance: ratios.reduce((sum, ratio) => sum + ratio, 0),
        hasDecoder: exploration.decoder !== undefined,
        bytes: bytes.length,
      });
      giveMemoryBack();
    }
    return written;
  } finally {
    await pool.close();
  }
}

function writtenText({ path, title, images, components, explainedVariance, hasDecoder, bytes }: Written): string {
  const percent = `${(100 * explainedVariance).toFixed(1)}%`;
  const facts = `${formatCount(images)} images, ${components} principal components with ${percent} of the variance`;
  const decoder = hasDecoder ? '' : ', no decoder';
  return `${title}: ${facts}${decoder}\nWritten: ${path} (${(bytes / 1e6).toFixed(1)} MB)`;
}
