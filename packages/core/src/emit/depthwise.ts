import { producers, rootOf } from '../fuse/space.js';
import type { DepthwiseAttributes } from '../operations/depthwise.js';
import type { Operation, Program } from '../trace/program.js';
import type { FunctionBuilder, Local, Width } from './assembler.js';
import { planTaps, type TapPlan, type TileRun } from './depthwise-taps.js';
import { Epilogue } from './epilogue.js';
import { float, local, multiplyAdd } from './functions.js';
import { type Kernel, kernelParameters } from './kernel.js';
import type { ModuleBuilder } from './module.js';
import { keep, keepAddress, WIDTH_BYTES, widthsOf } from './pairs.js';

/**
 * A depthwise convolution, or its adjoint in the images, row by row. A few neighbouring columns are computed together
 * for a vector of channels: their sums stay in registers, and each pixel is read once for all of them. Taps in the
 * padding are left out, along columns by code of its own at the edges, along rows by how many taps a row has.
 */
export function emitDepthwise(module: ModuleBuilder, body: Program, name: string): Kernel {
  const anchor = body.operations.find(({ name: other }) => other.startsWith('depthwise')) as Operation;
  const attributes = anchor.attributes as DepthwiseAttributes;
  const plan = planTaps(attributes, anchor.name === 'depthwiseConv2d' ? 'result' : 'images');
  const producer = producers(body);
  const [source, kernels] = anchor.inputs.map((value) => body.inputs.indexOf(rootOf(producer, value)));
  const [batch, height] = body.values[anchor.outputs[0]].shape;
  const pixelBytes = attributes.shape[3] * 4;
  const [readBytes, writtenBytes] = [plan.read * pixelBytes, plan.written * pixelBytes];
  const epilogue = new Epilogue(body, [anchor.outputs[0]]);
  const parameters = kernelParameters(body);
  const [label, ...meaning] = name.split(' ');
  const row = module.define(
    `${label}.row ${meaning.join(' ')}`,
    [...parameters.slice(1), 'i32', 'i32', 'i32', 'i32'],
    (f, ...locals) => {
      const pointers = locals.slice(0, -4);
      const [x, weight, element, count] = locals.slice(-4);
      writeRow(f, { module, plan, attributes, epilogue, pointers }, { x, weight, element, count });
    },
  );
  const callee = module.define(name, parameters, (f, _workspace, ...pointers) => {
    const [image, element, at, from] = Array.from({ length: 4 }, () => f.local('i32'));
    const imageBytes = body.values[anchor.inputs[0]].shape[1] * readBytes;
    f.set(image, local(pointers[source]));
    f.repeat(batch, () => {
      for (const { first, times, count, start, advance } of plan.rows.runs) {
        f.set(at, (g) =>
          g
            .get(element)
            .i32(first * writtenBytes)
            .op('add'),
        );
        f.set(from, (g) =>
          g
            .get(image)
            .i32(start.at * readBytes)
            .op('add'),
        );
        f.repeat(times, () => {
          for (const pointer of [...pointers, from]) f.get(pointer);
          f.get(pointers[kernels])
            .i32(start.tap * attributes.window.size[1] * pixelBytes)
            .op('add');
          f.get(at).i32(count).call(row);
          f.increase(at, plan.rows.period * writtenBytes);
          f.increase(from, advance * readBytes);
        });
      }
      f.increase(image, imageBytes);
      f.increase(element, height * writtenBytes);
    });
  });
  return { callee, workspace: 0 };
}

/** What the code of a row is made of. */
interface RowParts {
  readonly module: ModuleBuilder;
  readonly plan: TapPlan;
  readonly attributes: DepthwiseAttributes;
  readonly epilogue: Epilogue;
  readonly pointers: readonly Local[];
}

/** Where a row begins: the row under its first tap, that tap's weights, the results, and how many rows of taps it has. */
interface RowPlace {
  readonly x: Local;
  readonly weight: Local;
  readonly element: Local;
  readonly count: Local;
}

function writeRow(f: FunctionBuilder, parts: RowParts, { x, weight, element, count }: RowPlace): void {
  const { module, plan, attributes, epilogue, pointers } = parts;
  const channels = attributes.shape[3];
  const column = f.local('i32');
  for (const tile of plan.tiles) {
    const from = keepAddress(f, x, tile.origin * channels * 4);
    f.repeat(tile.times, () => {
      f.set(column, (g) => g.i32(0));
      for (const { width, times } of widthsOf(channels, module.widest)) {
        f.repeat(times, () => {
          const sums = sumsOfTile(f, parts, tile, { x: from, weight, element: column, count }, width);
          const { write } = epilogue.at(f, pointers, { element, column });
          sums.forEach((sum, which) => {
            write([sum], width, which * channels * 4);
          });
          for (const pointer of [from, element, column]) f.increase(pointer, WIDTH_BYTES[width]);
        });
      }
      f.increase(from, (tile.advance - 1) * channels * 4);
      f.increase(element, (tile.outputs.length - 1) * channels * 4);
    });
  }
}

/** The sums of a tile's columns, for a vector of channels that begins `element` bytes further. */
function sumsOfTile(
  f: FunctionBuilder,
  { plan, attributes }: RowParts,
  { outputs }: TileRun,
  { x, weight, element, count }: RowPlace,
  width: Width,
): Local[] {
  const pixelBytes = attributes.shape[3] * 4;
  const { runs, step } = plan.rows;
  const sums = outputs.map(() => keep(f, float(0), width));
  const terms = outputs.flatMap((taps, output) => taps.map((tap) => ({ ...tap, output })));
  if (terms.length === 0) return sums;
  const [pixel, kernel, left] = [keepAddress(f, x), keepAddress(f, weight, element), f.local('i32')];
  f.set(left, local(count));
  const addRowOfTaps = () => {
    const held = new Map(
      [...new Set(terms.map(({ tap }) => tap))].map((tap) => [
        tap,
        keep(f, (g) => g.get(kernel).load(width, tap * pixelBytes), width),
      ]),
    );
    // Column by column of what is read: the order of a sum's terms is the same in every tile.
    for (const place of [...new Set(terms.map(({ at }) => at))].sort((a, b) => a - b)) {
      const value = keep(f, (g) => g.get(pixel).load(width, place * pixelBytes), width);
      for (const { tap, output } of terms.filter(({ at }) => at === place)) {
        f.set(sums[output], multiplyAdd(local(value), local(held.get(tap) as Local), local(sums[output])));
      }
    }
    f.increase(pixel, step.at * plan.read * pixelBytes);
    f.increase(kernel, step.tap * attributes.window.size[1] * pixelBytes);
  };
  if (runs.every((run) => run.count > 0)) f.countDown(left, addRowOfTaps);
  else f.get(left).ifTrue(() => f.countDown(left, addRowOfTaps));
  return sums;
}
