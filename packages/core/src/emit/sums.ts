import type { ReductionName } from '../operations/kinds.js';
import { sizeOf } from '../tensor/shape.js';
import type { Operation } from '../trace/program.js';
import type { Code, FunctionBuilder, Local, SimdInstruction } from './assembler.js';
import { binary, float, keep, local } from './functions.js';
import type { ModuleBuilder } from './module.js';
import { type Access, type Interruption, innerSteps, stridedLoop, type Walk, type Width } from './strided.js';

/**
 * Long sums stay accurate: so many terms are added up plainly; the sums of such blocks are added with compensation,
 * which gives what an addition rounds away to the next one (Kahan's). The relative error of a sum of positive terms is then
 * below 6e-7, however many there are. Which terms make a block depends on the program alone.
 */
const BLOCK = 32;

/** How two numbers are combined, and what combines with any number to that number. */
const COMBINATIONS = {
  sum: { instruction: 'f32x4.add', neutral: 0 },
  max: { instruction: 'f32x4.max', neutral: -Infinity },
} as const satisfies Record<ReductionName, { readonly instruction: SimdInstruction; readonly neutral: number }>;

function combinationOf(name: string) {
  if (Object.hasOwn(COMBINATIONS, name)) return COMBINATIONS[name as ReductionName];
  throw new TypeError(`emitModule: there is no WebAssembly for the reduction "${name}".`);
}

/** A reduction in a loop, and how it is added up. */
export interface Reduction {
  readonly operation: Operation;
  /** The array of the result, among the kernel's inputs and outputs. */
  readonly array: number;
  /** Elements of the result. */
  readonly size: number;
  /** How many elements of the result each axis of the collapsed loop moves: 0 where it is reduced. */
  readonly strides: readonly number[];
  /** Whether the innermost axis is reduced, in a register. */
  readonly inRegister: boolean;
  /** Whether the register needs blocks. */
  readonly isLong: boolean;
  /** Where additions to memory need blocks. */
  readonly blocks?: MemoryBlocks;
}

/** Additions to memory go to a row of a workspace, which is carried to the result after so many steps of an axis. */
interface MemoryBlocks {
  readonly axis: number;
  readonly steps: number;
  /** Elements of the result that the axes within `axis` move over, which lie side by side. */
  readonly row: number;
  /** Bytes from the workspace's beginning to the row, and to what the result has lost by rounding. */
  readonly rowAt: number;
  readonly lostAt: number;
}

/** Decides how the reductions of a loop are added up, and what workspace they take. */
export function planReductions(
  walk: Walk,
  drawn: readonly Pick<Reduction, 'operation' | 'array' | 'size' | 'strides'>[],
): { readonly reductions: readonly Reduction[]; readonly workspace: number } {
  const { vectors, singles } = innerSteps(walk);
  const last = walk.lengths.length - 1;
  let workspace = 0;
  const take = (elements: number) => {
    const at = workspace;
    workspace += Math.ceil((elements * 4) / 16) * 16;
    return at;
  };
  const reductions = drawn.map((reduction): Reduction => {
    const isSum = reduction.operation.name === 'sum';
    const inRegister = reduction.strides[last] === 0;
    const blocks = isSum ? memoryBlocks(walk, reduction.strides) : undefined;
    return {
      ...reduction,
      inRegister,
      isLong: isSum && inRegister && Math.max(vectors, singles) > BLOCK,
      ...(blocks && { blocks: { ...blocks, rowAt: take(blocks.row), lostAt: take(reduction.size) } }),
    };
  });
  return { reductions, workspace };
}

function memoryBlocks(
  { lengths }: Walk,
  strides: readonly number[],
): Omit<MemoryBlocks, 'rowAt' | 'lostAt'> | undefined {
  let terms = 1;
  for (let axis = lengths.length - 2; axis >= 0; axis--) {
    if (strides[axis] !== 0) continue;
    if (terms * lengths[axis] > BLOCK) {
      const row = sizeOf(lengths.filter((_, at) => at > axis && strides[at] !== 0));
      return { axis, steps: Math.max(1, Math.floor(BLOCK / terms)), row };
    }
    terms *= lengths[axis];
  }
  return undefined;
}

/** Writes the code of a reduction into a loop. */
export class ReductionWriter {
  private readonly instruction: SimdInstruction;
  private readonly neutral: number;
  /** Registers: of the block, of the sum of blocks, and of what that has lost by rounding. */
  private readonly register: Local;
  private readonly total: Local | undefined;
  private readonly lost: Local | undefined;
  /** Pointers: the row of a workspace, and the result's lost bits. */
  private readonly row: Local | undefined;
  private readonly lostBits: Local | undefined;
  /** Positions among the loop's accesses. */
  private target = 0;
  private carried: readonly number[] = [];

  constructor(
    private readonly f: FunctionBuilder,
    private readonly module: ModuleBuilder,
    private readonly reduction: Reduction,
    private readonly result: Local,
    workspace: Local,
  ) {
    const { instruction, neutral } = combinationOf(reduction.operation.name);
    this.instruction = instruction;
    this.neutral = neutral;
    this.register = f.local('v128');
    [this.total, this.lost] = reduction.isLong ? [f.local('v128'), f.local('v128')] : [];
    const { blocks } = reduction;
    const pointer = (offset: number) => {
      const at = f.local('i32');
      f.set(at, (g) => g.get(workspace).i32(offset).op('add'));
      return at;
    };
    [this.row, this.lostBits] = blocks ? [pointer(blocks.rowAt), pointer(blocks.lostAt)] : [];
  }

  /** The input of the reduction. */
  get operand(): number {
    return this.reduction.operation.inputs[0];
  }

  /** Fills what is added to, and adds the arrays that the loop has to walk. */
  begin(accesses: Access[]): void {
    const { f, reduction, result, row, lostBits } = this;
    const { blocks, strides, size } = reduction;
    fill(f, result, size, this.neutral);
    if (!blocks || !row || !lostBits) {
      this.target = accesses.push({ pointer: result, strides }) - 1;
      return;
    }
    fill(f, row, blocks.row, 0);
    fill(f, lostBits, size, 0);
    const [inside, outside] = [
      strides.map((stride, axis) => (axis > blocks.axis ? stride : 0)),
      strides.map((stride, axis) => (axis < blocks.axis ? stride : 0)),
    ];
    this.target = accesses.push({ pointer: row, strides: inside }) - 1;
    this.carried = [result, lostBits].map((pointer) => accesses.push({ pointer, strides: outside }) - 1);
  }

  /** Before the innermost axis. */
  enter(): void {
    if (!this.reduction.inRegister) return;
    for (const register of [this.register, this.total, this.lost]) {
      if (register) this.f.set(register, float(this.neutral));
    }
  }

  /** Adds the next four elements, or the next one. */
  add(pointers: readonly Local[], value: Local, width: Width): void {
    const { f, instruction, register } = this;
    if (!this.reduction.inRegister) {
      this.addToMemory(pointers, local(value), width);
      return;
    }
    const term = width === 'lane' ? onlyLaneZero(f, value, this.neutral) : value;
    f.set(register, binary(instruction, local(register), local(term)));
  }

  /** After a stretch of the innermost axis. */
  carryRegister(): void {
    const { f, register, total, lost } = this;
    if (!total || !lost) return;
    addCompensated(f, total, lost, register);
    f.set(register, float(0));
  }

  /** After the innermost axis. */
  leave(pointers: readonly Local[]): void {
    const { f, instruction, register, total } = this;
    if (!this.reduction.inRegister) return;
    if (total) f.set(register, local(total));
    for (const lanes of [
      [2, 3, 0, 1],
      [1, 0, 3, 2],
    ]) {
      f.set(
        register,
        binary(instruction, local(register), (g) => g.get(register).get(register).shuffle(lanes)),
      );
    }
    this.addToMemory(pointers, local(register), 'lane');
  }

  /** Carries the row of a workspace to the result, and empties it. */
  carryRow(pointers: readonly Local[]): void {
    const { f, module, reduction, target, carried } = this;
    const count = reduction.blocks?.row;
    if (count === undefined) return;
    const callee = module.define(`sum_carry_${count}`, ['i32', 'i32', 'i32'], (g, row, result, lostBits) => {
      const accesses = [row, result, lostBits].map((pointer) => ({ pointer, strides: [1] }));
      stridedLoop(g, [count], accesses, {
        each([at, total, lost], width) {
          const [term, sum, rest] = [at, total, lost].map((p) => keep(g, (h) => h.get(p).load(width)));
          addCompensated(g, sum, rest, term);
          g.get(total).get(sum).store(width);
          g.get(lost).get(rest).store(width);
          g.get(at).f32x4(0).store(width);
        },
      });
    });
    for (const access of [target, ...carried]) f.get(pointers[access]);
    f.call(callee);
  }

  private addToMemory(pointers: readonly Local[], term: Code, width: Width): void {
    const { f, instruction, target } = this;
    f.get(pointers[target]);
    binary(instruction, (g) => g.get(pointers[target]).load(width), term)(f);
    f.store(width);
  }
}

/** Where a loop is interrupted, so that all its reductions can be carried on. */
export function interruptions(
  reductions: readonly Reduction[],
  writers: readonly ReductionWriter[],
): { readonly stretch?: Interruption; readonly blocks: ReadonlyMap<number, Interruption> } {
  const blocks = new Map<number, Interruption>();
  for (const axis of new Set(reductions.flatMap((reduction) => reduction.blocks?.axis ?? []))) {
    const mine = reductions.map((reduction, which) => ({ blocks: reduction.blocks, writer: writers[which] }));
    const here = mine.filter((other) => other.blocks?.axis === axis);
    const steps = Math.min(...here.map((other) => other.blocks?.steps ?? BLOCK));
    blocks.set(axis, {
      steps,
      run: (pointers) => {
        for (const { writer } of here) writer.carryRow(pointers);
      },
    });
  }
  if (!reductions.some(({ isLong }) => isLong)) return { blocks };
  const run = () => {
    for (const writer of writers) writer.carryRegister();
  };
  return { blocks, stretch: { steps: BLOCK, run } };
}

/** Writes `total += term + lost`, and keeps in `lost` what that rounds away; nothing where the total is infinite. */
export function addCompensated(f: FunctionBuilder, total: Local, lost: Local, term: Local): void {
  const whole = keep(f, binary('f32x4.add', local(term), local(lost)));
  const sum = keep(f, binary('f32x4.add', local(total), local(whole)));
  const rest = keep(f, binary('f32x4.sub', local(whole), binary('f32x4.sub', local(sum), local(total))));
  f.set(lost, binary('v128.and', local(rest), binary('f32x4.eq', local(rest), local(rest))));
  f.set(total, local(sum));
}

function onlyLaneZero(f: FunctionBuilder, value: Local, neutral: number): Local {
  return keep(f, (g) => g.get(value).f32x4(neutral).shuffle([0, 4, 4, 4]));
}

/** Sets floats to one value. */
export function fill(f: FunctionBuilder, pointer: Local, count: number, value: number): void {
  stridedLoop(f, [count], [{ pointer, strides: [1] }], {
    each: ([at], width) => f.get(at).f32x4(value).store(width),
  });
}
