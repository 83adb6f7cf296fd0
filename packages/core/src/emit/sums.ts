import type { ReductionName } from '../operations/kinds.js';
import { sizeOf } from '../tensor/shape.js';
import type { Operation } from '../trace/program.js';
import type { FunctionBuilder, Local, Width } from './assembler.js';
import { addCompensated, binary, float, local } from './functions.js';
import type { SimdInstruction } from './instructions.js';
import type { ModuleBuilder } from './module.js';
import { halfOf, keep, keepAddress, kindOf, widthOf } from './pairs.js';
import { type Access, fill, type Interruption, innerSteps, stridedLoop, type Walk } from './strided.js';

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
  /** Whether the register is a pair, since the innermost axis has eight elements or more. */
  readonly isWide: boolean;
  /** Bytes from the workspace's beginning to where a pair is put when it is added up. */
  readonly pairAt: number;
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
  const steps = innerSteps(walk);
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
    const isWide = inRegister && steps[0]?.width === 'pair';
    const blocks = isSum ? memoryBlocks(walk, reduction.strides) : undefined;
    return {
      ...reduction,
      inRegister,
      isWide,
      pairAt: isWide ? take(8) : 0,
      isLong: isSum && inRegister && steps.some(({ times }) => times > BLOCK),
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
  /** Pointers: where a pair is put when it is added up, the row of a workspace, and the result's lost bits. */
  private readonly pair: Local | undefined;
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
    const kind = kindOf(reduction.isWide ? 'pair' : 'vector');
    this.register = f.local(kind);
    [this.total, this.lost] = reduction.isLong ? [f.local(kind), f.local(kind)] : [];
    const { blocks } = reduction;
    [this.row, this.lostBits] = blocks ? [blocks.rowAt, blocks.lostAt].map((at) => keepAddress(f, workspace, at)) : [];
    this.pair = reduction.isWide ? keepAddress(f, workspace, reduction.pairAt) : undefined;
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

  /** Adds the next elements; those that are fewer than a pair go to its first vector. */
  add(pointers: readonly Local[], value: Local, width: Width): void {
    const { f, instruction, register } = this;
    if (!this.reduction.inRegister) {
      this.addToMemory(pointers, value, width);
      return;
    }
    const term = width === 'lane' ? onlyLaneZero(f, value, this.neutral) : value;
    const sum = register.kind === 'pair' && width !== 'pair' ? halfOf(register, 0) : register;
    f.set(sum, binary(instruction, local(sum), local(term)));
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
    const { f, instruction, register, total, pair } = this;
    if (!this.reduction.inRegister) return;
    const sum = f.local('v128');
    if (pair) {
      // Through memory: only what is stored becomes one register of eight.
      f.storeLocal(pair, total ?? register, 'pair');
      f.set(
        sum,
        binary(
          instruction,
          (g) => g.get(pair).load('vector', 0),
          (g) => g.get(pair).load('vector', 16),
        ),
      );
    } else f.set(sum, local(total ?? register));
    for (const lanes of [
      [2, 3, 0, 1],
      [1, 0, 3, 2],
    ]) {
      f.set(
        sum,
        binary(instruction, local(sum), (g) => g.get(sum).get(sum).shuffle(lanes)),
      );
    }
    this.addToMemory(pointers, sum, 'lane');
  }

  /** Carries the row of a workspace to the result, and empties it. */
  carryRow(pointers: readonly Local[]): void {
    const { f, module, reduction, target, carried } = this;
    const count = reduction.blocks?.row;
    if (count === undefined) return;
    for (const access of [target, ...carried]) f.get(pointers[access]);
    f.call(carry(module, count));
  }

  private addToMemory(pointers: readonly Local[], term: Local, width: Width): void {
    const { f, instruction } = this;
    const target = pointers[this.target];
    f.storeLocal(
      target,
      keep(
        f,
        binary(instruction, (g) => g.get(target).load(width), local(term)),
        widthOf(term),
      ),
      width,
    );
  }
}

/** A function that adds a row to a result, with what that has lost by rounding, and empties the row. */
export function carry(module: ModuleBuilder, count: number): FunctionBuilder {
  return module.define(`sum_carry_${count}`, ['i32', 'i32', 'i32'], (g, row, result, lostBits) => {
    const accesses = [row, result, lostBits].map((pointer) => ({ pointer, strides: [1] }));
    stridedLoop(g, [count], accesses, {
      each([at, total, lost], width) {
        const [term, sum, rest] = [at, total, lost].map((p) => keep(g, (h) => h.get(p).load(width), width));
        addCompensated(g, sum, rest, term);
        g.storeLocal(total, sum, width);
        g.storeLocal(lost, rest, width);
        g.storeLocal(at, keep(g, float(0), width), width);
      },
    });
  });
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

function onlyLaneZero(f: FunctionBuilder, value: Local, neutral: number): Local {
  return keep(f, (g) => g.get(value).f32x4(neutral).shuffle([0, 4, 4, 4]));
}
