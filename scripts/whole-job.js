// The whole job in one session: both models, their analysis and all figures, by `weft train` and by Keras with
// matplotlib, SciPy and scikit-learn: node scripts/whole-job.js [--epochs 20] [--limit N] [--node 20,24]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandLine, wholeNumber, wrongUsage } from './command-line.js';
import { nodeRelease, startOf, widthsOf } from './node-releases.js';

/** @param {string} path */
const local = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const { values } = commandLine({
  name: 'scripts/whole-job.js',
  about: 'Times both models, their analysis and all figures, by weft train and by Keras with matplotlib.',
  options: {
    epochs: { value: 'N', default: '20', help: 'Epochs of each model.' },
    limit: { value: 'N', help: 'Images for training and for the test at most; default all.' },
    seed: { value: 'N', default: '1', help: 'Seed of both.' },
    threads: { value: 'N', default: String(availableParallelism()), help: 'Threads of both.' },
    node: { value: 'N,N', default: '20,24', help: 'Releases of Node, as npm names them, at all widths of each.' },
    only: { value: 'NAME', help: 'weft or keras, instead of both.' },
  },
});
const data = process.env.WEFT_DATA_DIR ?? local('datasets/fashion-mnist');
const [epochs, seed, threads] = [
  wholeNumber('--epochs', values.epochs, 1),
  wholeNumber('--seed', values.seed, 0),
  wholeNumber('--threads', values.threads, 1),
];
const limit = values.limit === undefined ? undefined : wholeNumber('--limit', values.limit, 20);
if (values.only && !['weft', 'keras'].includes(values.only)) {
  wrongUsage(`--only: got '${values.only}', expected weft or keras.`);
}
if (!existsSync(join(data, 'train-images-idx3-ubyte.gz'))) {
  wrongUsage(`There is no Fashion-MNIST in ${data}. Let WEFT_DATA_DIR name the folder with its four files.`);
}

const folder = mkdtempSync(join(tmpdir(), 'weft-whole-job-'));
try {
  console.log(`${cpus()[0]?.model}, ${threads} threads, ${epochs} epochs, ${limit ?? 'all'} images`);
  if (values.only !== 'keras') for (const release of values.node.split(',')) weft(release);
  if (values.only !== 'weft') keras();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @param {string} release */
function weft(release) {
  const node = nodeRelease(release);
  if ('missing' in node) {
    console.log(`Node ${release} is left out: ${node.missing}.`);
    return;
  }
  const limits = limit === undefined ? [] : ['--limit', String(limit), '--test-limit', String(limit)];
  const sizes = ['--epochs', String(epochs), '--seed', String(seed), '--threads', String(threads), ...limits];
  for (const simd of widthsOf(node)) {
    for (const numerics of [[], ['--fast-math']]) {
      const out = join(folder, `${node.version}-${simd}-${numerics.length}`);
      const { options, env } = startOf(node, simd);
      const command = [...options, local('packages/cli/bin/weft.js'), 'train', '--quiet', '--dataset', 'fashion-mnist'];
      const title = `Weft ${numerics.length > 0 ? 'fast math' : 'exact'}, Node ${node.version} at ${simd} bits`;
      timed(
        title,
        node.path,
        [...command, ...sizes, ...numerics, '--out', out],
        { ...env, WEFT_DATA_DIR: data },
        () => {
          const { peakMemoryBytes, models } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
          return { memory: peakMemoryBytes, errors: [models.cae.testError.mean, models.cdae.testError.mean] };
        },
      );
    }
  }
}

function keras() {
  const python = process.env.WEFT_PYTHON || 'python3';
  const out = join(folder, 'keras');
  mkdirSync(out);
  const job = JSON.stringify({ data, out, epochs, seed, threads, limit: limit ?? null });
  timed('Keras, matplotlib', python, [local('benchmarks/peers/keras_job.py'), job], {}, () => {
    const { memory, cae, cdae } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
    return { memory, errors: [cae.mean, cdae.mean] };
  });
}

/**
 * Runs a command, and prints its time, its largest memory and the mean errors of both models.
 *
 * @param {string} title
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} env
 * @param {() => { memory: number, errors: number[] }} result
 */
function timed(title, program, args, env, result) {
  const started = performance.now();
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, ...env } });
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) {
    console.log(`${title}: failed. ${(stderr || String(error)).trim().split('\n').at(-1)}`);
    process.exitCode = 1;
    return;
  }
  const { memory, errors } = result();
  const parts = [
    `${seconds.toFixed(1)} s`,
    `${Math.round(memory / 1e6)} MB`,
    `errors ${errors.map((e) => e.toFixed(5)).join(', ')}`,
  ];
  console.log(`${title.padEnd(44)} ${parts.join('  ')}`);
}
