import { producers, rootOf } from '../fuse/space.js';
import type { DepthwiseAttributes } from '../operations/depthwise.js';
import type { Operation, Program } from '../trace/program.js';
import type { FunctionBuilder, Local, Width } from './assembler.js';
import { planTaps, type TapPlan, type TileRun } from './depthwise-taps.js';
import { local, multiplyAdd } from './functions.js';
import { type Kernel, kernelParameters } from './kernel.js';
import type { ModuleBuilder } from './module.js';
import { keep, keepAddress, WIDTH_BYTES, widthsOf } from './pairs.js';
import { fill } from './strided.js';
import { carry } from './sums.js';

/** Products that are added up plainly, as in a matrix product; sums of so many are added up with compensation. */
const BLOCK = 256;

/**
 * The gradient of a depthwise convolution in its kernels, tile by tile as forward: each tap adds the products of a
 * tile's columns to a workspace that lies in the first cache, which is carried to the result block by block.
 */
export function emitDepthwiseWeightGradient(module: ModuleBuilder, body: Program, name: string): Kernel {
  const anchor = body.operations.find((operation) => operation.name === 'depthwiseCorrelation') as Operation;
  const attributes = anchor.attributes as DepthwiseAttributes;
  const plan = planTaps(attributes, 'result');
  const producer = producers(body);
  const [images, gradients] = anchor.inputs.map((value) => body.inputs.indexOf(rootOf(producer, value)));
  const [batch, height, , channels] = attributes.shape;
  const rows = body.values[anchor.inputs[1]].shape[1];
  const pixelBytes = channels * 4;
  const [readBytes, writtenBytes] = [plan.read * pixelBytes, plan.written * pixelBytes];
  const size = attributes.window.size[0] * attributes.window.size[1] * channels;
  const lostAt = Math.ceil((size * 4) / 16) * 16;
  const row = module.define(
    `depthwise_weights_${channels} ${JSON.stringify(attributes)}`,
    ['i32', 'i32', 'i32', 'i32'],
    (f, x, sums, g, count) => writeRow(f, module.widest, attributes, plan, { x, sums, g, count }),
  );
  // Rows in a block, and images in one where they have fewer.
  const rowsOfBlock = Math.max(1, Math.floor(BLOCK / plan.written));
  const imagesOfBlock = Math.floor(rowsOfBlock / rows);
  const callee = module.define(name, kernelParameters(body), (f, workspace, ...pointers) => {
    const [image, g, from] = Array.from({ length: 3 }, () => f.local('i32'));
    const out = pointers[body.inputs.length];
    const lost = keepAddress(f, workspace, lostAt);
    for (const pointer of [workspace, lost, out]) fill(f, pointer, size, 0);
    f.set(image, local(pointers[images]));
    f.set(g, local(pointers[gradients]));
    const carryOn = () => f.get(workspace).get(out).get(lost).call(carry(module, size));
    const eachImage = () => {
      for (const { times, count, start, advance } of plan.rows.runs) {
        f.set(from, (h) =>
          h
            .get(image)
            .i32(start.at * readBytes)
            .op('add'),
        );
        const eachRow = () => {
          // A row whose taps are all in the padding adds nothing.
          if (count > 0) {
            f.get(from)
              .get(workspace)
              .i32(start.tap * attributes.window.size[1] * pixelBytes)
              .op('add');
            f.get(g).i32(count).call(row);
          }
          f.increase(from, advance * readBytes);
          f.increase(g, writtenBytes);
        };
        if (imagesOfBlock > 0) f.repeat(times, eachRow);
        else f.repeatInBlocks(times, rowsOfBlock, eachRow, carryOn);
      }
      f.increase(image, height * readBytes);
    };
    if (imagesOfBlock > 0) f.repeatInBlocks(batch, imagesOfBlock, eachImage, carryOn);
    else f.repeat(batch, eachImage);
  });
  return { callee, workspace: lostAt + size * 4 };
}

/** Where a row begins: the row of the image under its first tap, that tap's sums, the gradients, and its rows of taps. */
interface RowPlace {
  readonly x: Local;
  readonly sums: Local;
  readonly g: Local;
  readonly count: Local;
}

function writeRow(
  f: FunctionBuilder,
  widest: 'pair' | 'vector',
  { window, shape: [, , , channels] }: DepthwiseAttributes,
  plan: TapPlan,
  { x, sums, g, count }: RowPlace,
): void {
  const pixelBytes = channels * 4;
  const { step } = plan.rows;
  f.countDown(count, () => {
    const gradient = keepAddress(f, g);
    for (const tile of plan.tiles) {
      const pixel = keepAddress(f, x, tile.origin * pixelBytes);
      f.repeat(tile.times, () => {
        const target = keepAddress(f, sums);
        for (const { width, times } of widthsOf(channels, widest)) {
          f.repeat(times, () => {
            addTile(f, tile, pixelBytes, { pixel, gradient, target }, width);
            for (const pointer of [pixel, gradient, target]) f.increase(pointer, WIDTH_BYTES[width]);
          });
        }
        f.increase(pixel, (tile.advance - 1) * pixelBytes);
        f.increase(gradient, (tile.outputs.length - 1) * pixelBytes);
      });
    }
    f.increase(x, step.at * plan.read * pixelBytes);
    f.increase(sums, step.tap * window.size[1] * pixelBytes);
  });
}

/** Adds the products of a tile to the sums of a row of taps, for a vector of channels. */
function addTile(
  f: FunctionBuilder,
  { outputs }: TileRun,
  pixelBytes: number,
  { pixel, gradient, target }: { readonly pixel: Local; readonly gradient: Local; readonly target: Local },
  width: Width,
): void {
  const load = (address: Local, place: number) => keep(f, (g) => g.get(address).load(width, place * pixelBytes), width);
  const terms = outputs.flatMap((taps, output) => taps.map((tap) => ({ ...tap, output })));
  const distinct = (numbers: readonly number[]) => [...new Set(numbers)].sort((a, b) => a - b);
  const sums = new Map(distinct(terms.map(({ tap }) => tap)).map((tap) => [tap, load(target, tap)]));
  const gradients = new Map(
    distinct(terms.map(({ output }) => output)).map((output) => [output, load(gradient, output)]),
  );
  for (const place of distinct(terms.map(({ at }) => at))) {
    const value = load(pixel, place);
    for (const { tap, output } of terms.filter(({ at }) => at === place)) {
      const sum = sums.get(tap) as Local;
      f.set(sum, multiplyAdd(local(value), local(gradients.get(output) as Local), local(sum)));
    }
  }
  for (const [tap, sum] of sums) f.storeLocal(target, sum, width, tap * pixelBytes);
}
