// Draws pictures of woven fabric, some with defects and masks of them: node scripts/draw-fabric.js --out DIR
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RandomStream } from '../packages/core/dist/index.js';
import { encodePng } from '../packages/data/dist/index.js';
import { commandLine, wholeNumber, wrongUsage } from './command-line.js';

const SHIPPED = fileURLToPath(new URL('../examples/fabric', import.meta.url));

const { values } = commandLine({
  name: 'scripts/draw-fabric.js',
  about:
    'Draws pictures of woven fabric into a folder: train/good, test/good, test/DEFECT and ground_truth/DEFECT. Build first.',
  options: {
    out: { value: 'DIR', default: 'examples/fabric', help: 'Where to; an empty folder, or a new one.' },
    train: { value: 'N', default: '40', help: 'Faultless pictures to train on.' },
    test: { value: 'N', default: '8', help: 'Faultless pictures to test on, and as many of each defect.' },
    size: { value: 'N', default: '48', help: 'Height and width in pixels, at least 32.' },
    seed: { value: 'N', default: '1', help: 'Decides all pictures.' },
  },
});
const [train, test, size, seed] = [
  wholeNumber('--train', values.train, 1),
  wholeNumber('--test', values.test, 1),
  wholeNumber('--size', values.size, 32),
  wholeNumber('--seed', values.seed, 0),
];
const folder = values.out === 'examples/fabric' ? SHIPPED : values.out;
if (folder !== SHIPPED && existsSync(folder) && readdirSync(folder).length > 0) {
  wrongUsage(`${folder}: there is something in this folder. Give one that is empty or not there.`);
}

/** Distance of threads, in pixels. */
const PITCH = 6;
/** Levels of grey: between threads, and of a thread at its middle. */
const [DARK, BRIGHT] = [40, 190];

/** @typedef {(row: number, column: number) => number} Field */

/**
 * Brightness of a plain weave: threads across and along, which pass over one another in turn. Each thread has a brightness,
 * a width and a place of its own.
 *
 * @param {RandomStream} random
 * @returns {Field}
 */
function weave(random) {
  const threads = () =>
    Array.from({ length: Math.ceil(size / PITCH) + 2 }, (_, index) => ({
      middle: (index - 0.5) * PITCH + 0.5 * random.normal(),
      half: PITCH * (0.44 + 0.03 * random.normal()),
      light: 1 + 0.06 * random.normal(),
    }));
  const [across, along] = [threads(), threads()];
  const [shiftRows, shiftColumns] = [PITCH * random.uniform(), PITCH * random.uniform()];
  /** @param {ReturnType<typeof threads>} list @param {number} place */
  const profile = (list, place) => {
    const index = Math.min(list.length - 1, Math.max(0, Math.round(place / PITCH + 0.5)));
    const { middle, half, light } = list[index];
    const away = (place - middle) / half;
    return { index, height: Math.max(0, 1 - away * away) * light };
  };
  return (row, column) => {
    const horizontal = profile(across, row + shiftRows);
    const vertical = profile(along, column + shiftColumns);
    const isAcrossOnTop = (horizontal.index + vertical.index) % 2 === 0;
    const [top, below] = isAcrossOnTop ? [horizontal, vertical] : [vertical, horizontal];
    return Math.max(top.height, 0.55 * below.height);
  };
}

/**
 * What a defect makes of a pixel, given how deep within it the pixel lies, from 0 outside to 1.
 *
 * @type {Record<string, (inside: number, value: number) => number>}
 */
const DEFECTS = {
  hole: (inside, value) => value * (1 - 0.95 * Math.min(1, 3 * inside)),
  stain: (inside, value) => value * (1 - 0.55 * inside),
  pull: (inside, value) => Math.max(value, 1.25 * Math.min(1, 2 * inside)),
};

/**
 * The place of a defect: an ellipse, long and thin for a thread that was pulled.
 *
 * @param {RandomStream} random
 * @param {string} defect
 * @returns {Field}
 */
function place(random, defect) {
  const [y, x] = [size * (0.25 + 0.5 * random.uniform()), size * (0.25 + 0.5 * random.uniform())];
  const angle = Math.PI * random.uniform();
  const radius = { hole: [4, 6], stain: [6, 10], pull: [10, 16] }[defect] ?? [5, 5];
  const long = radius[0] + (radius[1] - radius[0]) * random.uniform();
  const short = defect === 'pull' ? 1.8 : long * (0.6 + 0.3 * random.uniform());
  return (row, column) => {
    const [down, right] = [row - y, column - x];
    const along = (Math.cos(angle) * right + Math.sin(angle) * down) / long;
    const beside = (Math.cos(angle) * down - Math.sin(angle) * right) / short;
    return Math.max(0, 1 - along * along - beside * beside);
  };
}

/**
 * @param {string} path
 * @param {Field} grey levels from 0 to 255
 */
function write(path, grey) {
  const data = Uint8Array.from({ length: size * size }, (_, pixel) =>
    Math.min(255, Math.max(0, Math.round(grey(Math.floor(pixel / size), pixel % size)))),
  );
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, encodePng({ width: size, height: size, channels: 1, depth: 8, data }));
}

let drawn = 0;
/**
 * @param {string} set
 * @param {number} count
 * @param {string | undefined} [defect]
 */
function draw(set, count, defect) {
  for (let index = 0; index < count; index++) {
    const random = new RandomStream(seed, 0x66616272, drawn++);
    const fabric = weave(random);
    const inside = defect === undefined ? undefined : place(random, defect);
    const name = String(index).padStart(3, '0');
    const noise = Float64Array.from({ length: size * size }, () => 1.5 * random.normal());
    write(join(folder, set, defect ?? 'good', `${name}.png`), (row, column) => {
      const value = fabric(row, column);
      const faulty = defect && inside ? DEFECTS[defect](inside(row, column), value) : value;
      return DARK + (BRIGHT - DARK) * faulty + noise[row * size + column];
    });
    if (!defect || !inside) continue;
    write(join(folder, 'ground_truth', defect, `${name}_mask.png`), (row, column) =>
      inside(row, column) > 0 ? 255 : 0,
    );
  }
}

draw('train', train);
draw('test', test);
for (const defect of Object.keys(DEFECTS)) draw('test', test, defect);
