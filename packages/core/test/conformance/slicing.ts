import { pad } from '../../src/compositions/pad.js';
import { concatenate, slice } from '../../src/operations/slice.js';
import { formatShape, type Shape } from '../../src/tensor/shape.js';
import { sample } from '../support/numbers.js';
import { build, range, reader } from '../support/plain.js';
import { type Case, exactly } from './case.js';

/** Positions along one axis as NumPy counts them. */
function taken(length: number, begin = 0, end = length, step = 1): number[] {
  const clamp = (at: number) => Math.max(0, Math.min(length, at < 0 ? at + length : at));
  return range(length).filter((at) => at >= clamp(begin) && at < clamp(end) && (at - clamp(begin)) % step === 0);
}

function sliceCases(): Case[] {
  const slices: readonly (readonly [Shape, number[], (number | undefined)[], number[]])[] = [
    [[], [], [], []],
    [[7], [0], [7], [1]],
    [[7], [2], [5], [1]],
    [[7], [0], [7], [2]],
    [[7], [1], [7], [3]],
    [[7], [1], [6], [4]],
    [[7], [0], [7], [100]],
    [[7], [-3], [-1], [1]],
    [[7], [-100], [100], [1]],
    [[7], [5], [2], [1]],
    [[7], [7], [7], [1]],
    [[4, 5], [1], [], []],
    [
      [4, 5],
      [0, 1],
      [undefined, 4],
      [2, 2],
    ],
    [
      [4, 5],
      [1, -2],
      [3, undefined],
      [1, 1],
    ],
    [
      [3, 4, 5],
      [0, 0, 1],
      [3, 4, 2],
      [1, 1, 1],
    ],
    [
      [3, 4, 5],
      [1, 1, 1],
      [2, 4, 5],
      [1, 2, 3],
    ],
    [
      [2, 6, 6, 3],
      [0, 1, 1],
      [2, 5, 5],
      [1, 2, 1],
    ],
    [
      [2, 3, 33],
      [0, 0, 1],
      [2, 3, 33],
      [1, 1, 2],
    ],
    [
      [0, 4],
      [0, 1],
      [0, 3],
      [1, 1],
    ],
  ];
  return slices.map(([shape, begin, end, step]) => {
    const { x, values } = sample(shape, 3);
    const kept = shape.map((length, axis) => taken(length, begin[axis], end[axis], step[axis]));
    const at = reader(values, shape);
    const result = kept.map(({ length }) => length);
    const want = build(result, (...to) => at(...to.map((i, axis) => kept[axis][i])));
    const name = `slice ${formatShape(shape)} from [${begin}] to [${end}] by [${step}]`;
    return exactly(name, slice(x, begin, end, step), result, want);
  });
}

function padCases(): Case[] {
  const pads: readonly (readonly [Shape, readonly (readonly [number, number])[]])[] = [
    [[], []],
    [[3], [[0, 0]]],
    [[3], [[2, 0]]],
    [[3], [[0, 5]]],
    [[0], [[2, 1]]],
    [
      [2, 3],
      [
        [1, 2],
        [0, 0],
      ],
    ],
    [
      [2, 3],
      [
        [0, 0],
        [3, 1],
      ],
    ],
    [
      [1, 4, 5, 3],
      [
        [0, 0],
        [1, 2],
        [2, 1],
        [0, 0],
      ],
    ],
    [
      [2, 1, 17],
      [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
    ],
    [
      [2, 0, 3],
      [
        [1, 0],
        [2, 0],
        [0, 1],
      ],
    ],
  ];
  return pads.map(([shape, amounts]) => {
    const { x, values } = sample(shape, 4);
    const result = shape.map((length, axis) => amounts[axis][0] + length + amounts[axis][1]);
    const at = reader(values, shape, 0);
    const want = build(result, (...to) => at(...to.map((i, axis) => i - amounts[axis][0])));
    return exactly(`pad ${formatShape(shape)} by ${JSON.stringify(amounts)}`, pad(x, amounts), result, want);
  });
}

function concatenateCases(): Case[] {
  const lists: readonly (readonly [number, readonly Shape[]])[] = [
    [0, [[3]]],
    [0, [[3], [2]]],
    [0, [[1], [0], [4], [0]]],
    [
      0,
      [
        [2, 3],
        [1, 3],
      ],
    ],
    [
      1,
      [
        [2, 3],
        [2, 1],
        [2, 5],
      ],
    ],
    [
      -1,
      [
        [2, 3],
        [2, 4],
      ],
    ],
    [
      1,
      [
        [2, 1, 4],
        [2, 3, 4],
        [2, 2, 4],
      ],
    ],
    [
      2,
      [
        [2, 2, 1],
        [2, 2, 17],
        [2, 2, 3],
      ],
    ],
    [
      3,
      [
        [1, 2, 2, 3],
        [1, 2, 2, 5],
      ],
    ],
    [
      0,
      [
        [0, 2],
        [0, 2],
      ],
    ],
    [0, range(40).map((i) => [1 + (i % 5)])],
    [1, range(33).map((i) => [3, i % 4])],
  ];
  return lists.map(([axis, shapes]) => {
    const along = axis < 0 ? axis + shapes[0].length : axis;
    const parts = shapes.map((shape, which) => sample(shape, 10 + which));
    const result = shapes[0].with(
      along,
      shapes.reduce((length, shape) => length + shape[along], 0),
    );
    const want = build(result, (...to) => {
      let at = to[along];
      const which = shapes.findIndex((shape) => {
        const isHere = at < shape[along];
        if (!isHere) at -= shape[along];
        return isHere;
      });
      return reader(parts[which].values, shapes[which])(...to.with(along, at));
    });
    const name = `concatenate ${shapes.length} along ${axis}: ${shapes.map(formatShape).join(' ').slice(0, 60)}`;
    const tensors = parts.map(({ x }) => x);
    return exactly(name, concatenate(tensors, axis), result, want);
  });
}

export const slicing: Case[] = [...sliceCases(), ...padCases(), ...concatenateCases()];
