import type { Space } from '../fuse/space.js';
import type { FunctionBuilder, Local } from './assembler.js';

/** Memory that a loop walks: a pointer, and how many elements each axis of the loop moves it. */
export interface Access {
  readonly pointer: Local;
  readonly strides: readonly number[];
  /** Elements from the pointer to where the walk begins. Default 0. */
  readonly offset?: number;
}

/** Four elements at once, or one at a time where memory is not contiguous or fewer are left. */
export type Width = 'vector' | 'lane';

/** What is written for the innermost axis of a loop. */
export interface InnerLoop {
  /** Before the innermost axis is walked. */
  enter?(): void;
  /** For the next four elements or the next one, at the pointers given, in the order of the accesses. */
  each(pointers: readonly Local[], width: Width): void;
  /** After the innermost axis, or after a stretch of it. */
  leave?(pointers: readonly Local[]): void;
  /** Longest stretch, in vectors, between enter and leave. Default: the whole axis. */
  readonly stretch?: number;
}

/** Drops axes of length one, and joins neighbours that every access walks as one. */
function collapse(space: Space, accesses: readonly Access[]): { space: number[]; strides: number[][] } {
  const axes = space.map((length, axis) => ({ length, strides: accesses.map((a) => a.strides[axis]) }));
  const kept: typeof axes = [];
  for (const axis of axes.filter(({ length }) => length !== 1)) {
    const before = kept[kept.length - 1];
    if (before?.strides.every((stride, i) => stride === axis.strides[i] * axis.length)) {
      kept[kept.length - 1] = { length: before.length * axis.length, strides: axis.strides };
    } else {
      kept.push(axis);
    }
  }
  if (kept.length === 0) kept.push({ length: 1, strides: accesses.map(() => 0) });
  return { space: kept.map((a) => a.length), strides: accesses.map((_, i) => kept.map((a) => a.strides[i])) };
}

/** Writes nested loops over a space, whose innermost axis goes by vectors where memory allows. */
export function stridedLoop(f: FunctionBuilder, space: Space, accesses: readonly Access[], inner: InnerLoop): void {
  const { space: lengths, strides } = collapse(space, accesses);
  const last = lengths.length - 1;
  const canVectorise = strides.every((s) => s[last] === 0 || s[last] === 1);
  const pointers = accesses.map(({ pointer, offset = 0 }) => {
    const walking = f.local('i32');
    f.set(walking, (g) =>
      g
        .get(pointer)
        .i32(offset * 4)
        .op('add'),
    );
    return walking;
  });
  const advance = (elements: (access: number) => number) => {
    for (const [access, pointer] of pointers.entries()) f.increase(pointer, elements(access) * 4);
  };
  const walkInner = () => {
    const stretch = inner.stretch ?? Number.POSITIVE_INFINITY;
    const vectors = canVectorise ? Math.floor(lengths[last] / 4) : 0;
    const singles = lengths[last] - 4 * vectors;
    const vectorLoop = (count: number) => {
      f.repeat(count, () => {
        inner.each(pointers, 'vector');
        advance((access) => 4 * strides[access][last]);
      });
    };
    const stretches = vectors > stretch ? Math.floor(vectors / stretch) : 0;
    f.repeat(stretches, () => {
      inner.enter?.();
      vectorLoop(stretch);
      inner.leave?.(pointers);
    });
    inner.enter?.();
    vectorLoop(stretches > 0 ? vectors % stretch : vectors);
    f.repeat(singles, () => {
      inner.each(pointers, 'lane');
      advance((access) => strides[access][last]);
    });
    inner.leave?.(pointers);
  };
  const walk = (axis: number) => {
    if (axis === last) {
      walkInner();
      return;
    }
    f.repeat(lengths[axis], () => {
      walk(axis + 1);
      advance((access) => strides[access][axis] - lengths[axis + 1] * strides[access][axis + 1]);
    });
  };
  walk(0);
}
