import type { Space } from '../fuse/space.js';
import type { FunctionBuilder, Local, Width } from './assembler.js';
import { float } from './functions.js';
import { keep, WIDTH_BYTES, widthsOf } from './pairs.js';

/** Memory that a loop walks: a pointer, and how many elements each axis of the loop moves it. */
export interface Access {
  readonly pointer: Local;
  readonly strides: readonly number[];
  /** Elements from the pointer to where the walk begins. Default 0. */
  readonly offset?: number;
}

/** What is written for the innermost axis of a loop. */
export interface InnerLoop {
  /** Before the innermost axis is walked. */
  enter?(): void;
  /** For the next elements, at the pointers given, in the order of the accesses. */
  each(pointers: readonly Local[], width: Width): void;
  /** After the innermost axis. */
  leave?(pointers: readonly Local[]): void;
  /** Interrupts the innermost axis after every so many steps and at its end, before `leave`. */
  readonly stretch?: Interruption;
  /** Interrupts outer axes, by the axis of the collapsed space. */
  readonly blocks?: ReadonlyMap<number, Interruption>;
}

/** Code that runs after every `steps` steps of an axis, and after the last ones. */
export interface Interruption {
  readonly steps: number;
  run(pointers: readonly Local[]): void;
}

/** The axes of a loop, and by access how many elements each of them moves it. */
export interface Walk {
  readonly lengths: readonly number[];
  readonly strides: readonly (readonly number[])[];
}

/** Drops axes of length one, and joins neighbours that every access walks as one. Doing it twice changes nothing. */
export function collapse(space: Space, accesses: readonly Pick<Access, 'strides'>[]): Walk {
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
  return { lengths: kept.map((a) => a.length), strides: accesses.map((_, i) => kept.map((a) => a.strides[i])) };
}

/** How a loop goes along its innermost axis: by pairs and vectors where memory allows, else one by one. */
export function innerSteps({ lengths, strides }: Walk): { readonly width: Width; readonly times: number }[] {
  const last = lengths.length - 1;
  const canVectorise = strides.every((s) => s[last] === 0 || s[last] === 1);
  return canVectorise ? widthsOf(lengths[last]) : [{ width: 'lane', times: lengths[last] }];
}

/** The body of a loop that copies elements from its first access to its second. */
export const copyEach =
  (f: FunctionBuilder): InnerLoop['each'] =>
  ([from, to], width) => {
    f.storeLocal(
      to,
      keep(f, (g) => g.get(from).load(width), width),
      width,
    );
  };

/** Writes nested loops over a space, whose innermost axis goes by vectors where memory allows. */
export function stridedLoop(f: FunctionBuilder, space: Space, accesses: readonly Access[], inner: InnerLoop): void {
  const collapsed = collapse(space, accesses);
  const { lengths, strides } = collapsed;
  const last = lengths.length - 1;
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
  const repeat = (count: number, body: () => void, interruption: Interruption | undefined) => {
    if (!interruption) f.repeat(count, body);
    else f.repeatInBlocks(count, interruption.steps, body, () => interruption.run(pointers));
  };
  const walkInner = () => {
    inner.enter?.();
    for (const { width, times } of innerSteps(collapsed)) {
      const walkOne = () => {
        inner.each(pointers, width);
        advance((access) => (WIDTH_BYTES[width] / 4) * strides[access][last]);
      };
      repeat(times, walkOne, inner.stretch);
    }
    inner.leave?.(pointers);
  };
  const walk = (axis: number) => {
    if (axis === last) {
      walkInner();
      return;
    }
    const body = () => {
      walk(axis + 1);
      advance((access) => strides[access][axis] - lengths[axis + 1] * strides[access][axis + 1]);
    };
    repeat(lengths[axis], body, inner.blocks?.get(axis));
  };
  walk(0);
}

/** Sets floats to one value. */
export function fill(f: FunctionBuilder, pointer: Local, count: number, value: number): void {
  stridedLoop(f, [count], [{ pointer, strides: [1] }], {
    each: ([at], width) => f.storeLocal(at, keep(f, float(value), width), width),
  });
}
