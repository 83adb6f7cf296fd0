import { producers, rootOf } from '../fuse/space.js';
import { type AffineAttributes, FARTHEST } from '../operations/affine-sample.js';
import { sizeOf } from '../tensor/shape.js';
import type { Operation, Program } from '../trace/program.js';
import type { Code, FunctionBuilder, Local } from './assembler.js';
import { binary, float, local } from './functions.js';
import { type Kernel, kernelParameters } from './kernel.js';
import type { ModuleBuilder } from './module.js';
import { keep, keepAddress, WIDTH_BYTES, widthsOf } from './pairs.js';
import { fill } from './strided.js';

/** What walks all results: the image's address, that of the result, and what stands for pixels beyond the image. */
interface Pointers {
  readonly image: Local;
  readonly result: Local;
  readonly matrix: Local;
  readonly beyond: Local;
}

/** A pixel that a result is read from: its address, and its weight in every lane. */
interface Tap {
  readonly address: Local;
  readonly weight: Local;
}

/** Images read at the places that matrices give. */
export function emitAffineSample(module: ModuleBuilder, body: Program, name: string): Kernel {
  return emitAffine(module, body, name, (f, taps, result, channels) => {
    for (const { width, times } of widthsOf(channels)) {
      f.repeat(times, () => {
        const terms = taps.map(({ address, weight }) =>
          keep(
            f,
            binary('f32x4.mul', local(weight), (g) => g.get(address).load(width)),
            width,
          ),
        );
        const [first, ...rest] = terms.map(local);
        const sum = keep(
          f,
          rest.reduce<Code>((a, b) => binary('f32x4.add', a, b), first),
          width,
        );
        f.storeLocal(result, sum, width);
        for (const pointer of [result, ...taps.map(({ address }) => address)]) f.increase(pointer, WIDTH_BYTES[width]);
      });
    }
  });
}

/** Results added to the pixels that they were read from, one after another. */
export function emitAffineScatter(module: ModuleBuilder, body: Program, name: string): Kernel {
  return emitAffine(module, body, name, (f, taps, result, channels) => {
    for (const { width, times } of widthsOf(channels)) {
      f.repeat(times, () => {
        const value = keep(f, (g) => g.get(result).load(width), width);
        // One after another: taps may be the same pixel.
        for (const { address, weight } of taps) {
          const term = binary('f32x4.mul', local(weight), local(value));
          const sum = keep(
            f,
            binary('f32x4.add', (g) => g.get(address).load(width), term),
            width,
          );
          f.storeLocal(address, sum, width);
        }
        for (const pointer of [result, ...taps.map(({ address }) => address)]) f.increase(pointer, WIDTH_BYTES[width]);
      });
    }
  });
}

type WritePixel = (f: FunctionBuilder, taps: readonly Tap[], result: Local, channels: number) => void;

function emitAffine(module: ModuleBuilder, body: Program, name: string, write: WritePixel): Kernel {
  const operation = body.operations.find((each) => each.name.startsWith('affine')) as Operation;
  const attributes = operation.attributes as AffineAttributes;
  const isScatter = operation.name === 'affineScatter';
  const [given, made] = [operation.inputs[0], operation.outputs[0]].map((value) => body.values[value].shape);
  const producer = producers(body);
  const [operand, matrices] = operation.inputs.map((value) => body.inputs.indexOf(rootOf(producer, value)));
  const channels = made[3];
  const callee = module.define(name, kernelParameters(body), (f, workspace, ...arrays) => {
    const output = arrays[body.inputs.length];
    if (isScatter) fill(f, output, sizeOf(made), 0);
    fill(f, workspace, channels, isScatter ? 0 : attributes.fillValue);
    const image = keepAddress(f, isScatter ? output : arrays[operand]);
    const result = keepAddress(f, isScatter ? arrays[operand] : output);
    const pointers = { image, result, matrix: keepAddress(f, arrays[matrices]), beyond: workspace };
    f.repeat(given[0], () => {
      walkImage(f, attributes, channels, pointers, (taps) => write(f, taps, result, channels));
      f.increase(image, sizeOf(attributes.image) * channels * 4);
      f.increase(pointers.matrix, 24);
    });
  });
  return { callee, workspace: Math.ceil((channels * 4) / 16) * 16 };
}

/** Walks the results of one image. Columns are computed in lane 0, rows in lane 1. */
function walkImage(
  f: FunctionBuilder,
  attributes: AffineAttributes,
  channels: number,
  pointers: Pointers,
  each: (taps: readonly Tap[]) => void,
): void {
  const low = keep(f, (g) => g.get(pointers.matrix).load('vector'));
  const high = keep(f, (g) => g.get(pointers.matrix).load('vector', 8));
  const [byColumn, byRow, origin] = [
    [0, 5, 0, 5],
    [1, 6, 1, 6],
    [2, 7, 2, 7],
  ].map((lanes) => keep(f, (g) => g.get(low).get(high).shuffle(lanes)));
  const [row, column, ofRow] = [0, 1, 2].map(() => f.local('v128'));
  f.set(row, float(0));
  f.repeat(attributes.size[0], () => {
    f.set(column, float(0));
    f.set(ofRow, binary('f32x4.mul', local(byRow), local(row)));
    f.repeat(attributes.size[1], () => {
      const moved = binary('f32x4.add', binary('f32x4.mul', local(byColumn), local(column)), local(ofRow));
      const place = binary('f32x4.add', moved, local(origin));
      each(tapsAt(f, place, attributes, channels, pointers));
      f.set(column, binary('f32x4.add', local(column), float(1)));
    });
    f.set(row, binary('f32x4.add', local(row), float(1)));
  });
}

/** The pixels around a place. */
function tapsAt(
  f: FunctionBuilder,
  place: Code,
  { image, fillMode, interpolation }: AffineAttributes,
  channels: number,
  { image: first, beyond }: Pointers,
): Tap[] {
  const isNearest = interpolation === 'nearest';
  const kept = keep(f, binary('f32x4.min', binary('f32x4.max', place, float(-FARTHEST)), float(FARTHEST)));
  const moved = isNearest ? binary('f32x4.add', local(kept), float(0.5)) : local(kept);
  const corner = keep(f, (g) => {
    moved(g);
    g.vector('f32x4.floor');
  });
  const whole = keep(f, (g) => g.get(corner).vector('i32x4.trunc_sat_f32x4_s'));
  const upper = keep(f, binary('f32x4.sub', local(kept), local(corner)));
  const weights = isNearest ? [keep(f, float(1))] : [keep(f, binary('f32x4.sub', float(1), local(upper))), upper];
  const alongAxis = (lane: 0 | 1, length: number) =>
    weights.map((weight, step) => {
      const at = f.local('i32');
      f.set(at, (g) => g.get(whole).lane(lane).i32(step).op('add'));
      bringWithin(f, at, length, fillMode);
      return { at, weight: keep(f, (g) => g.get(weight).get(weight).shuffle([lane, lane, lane, lane])) };
    });
  const [rows, columns] = [alongAxis(1, image[0]), alongAxis(0, image[1])];
  return rows.flatMap((row) =>
    columns.map((column): Tap => {
      const address = f.local('i32');
      const pixel: Code = (g) => g.get(row.at).i32(image[1]).op('mul').get(column.at).op('add');
      f.set(address, (g) => {
        pixel(g);
        g.i32(channels * 4)
          .op('mul')
          .get(first)
          .op('add');
      });
      if (fillMode === 'constant') {
        f.get(row.at).i32(image[0]).op('geU').get(column.at).i32(image[1]).op('geU').op('or');
        f.ifTrue(() => f.set(address, local(beyond)));
      }
      return {
        address,
        weight: isNearest ? row.weight : keep(f, binary('f32x4.mul', local(row.weight), local(column.weight))),
      };
    }),
  );
}

/** Replaces the number of a pixel along an axis by that of the pixel that stands for it; `constant` keeps it. */
function bringWithin(f: FunctionBuilder, at: Local, length: number, mode: AffineAttributes['fillMode']): void {
  if (mode === 'constant') return;
  if (mode === 'nearest') {
    f.get(at).i32(0).op('ltS');
    f.ifTrue(() => f.set(at, (g) => g.i32(0)));
    f.get(at).i32(length).op('geS');
    f.ifTrue(() => f.set(at, (g) => g.i32(length - 1)));
    return;
  }
  const period = mode === 'wrap' ? length : 2 * length;
  f.get(at).i32(length).op('geU');
  f.ifTrue(() => {
    f.set(at, (g) => g.get(at).i32(period).op('remS'));
    f.get(at).i32(0).op('ltS');
    f.ifTrue(() => f.increase(at, period));
    f.get(at).i32(length).op('geS');
    f.ifTrue(() =>
      f.set(at, (g) =>
        g
          .i32(period - 1)
          .get(at)
          .op('sub'),
      ),
    );
  });
}
