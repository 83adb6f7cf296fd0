import { ByteWriter } from './byte-writer.js';
import { I32, SIMD, type SimdInstruction } from './instructions.js';

/**
 * A small assembler for WebAssembly modules with SIMD (binary format 1, as in the WebAssembly specification 2.0,
 * and one instruction of its relaxed SIMD proposal, which is part of 3.0).
 *
 * Code is written by calling methods in the order of the stack machine. `Code` values are pieces of code that leave
 * one value on the stack; they are closures, so that pieces can be combined before they are written.
 */
export type ValueKind = 'i32' | 'f32' | 'v128';
/** Writes code that leaves one value on the stack. */
export type Code = (f: FunctionBuilder) => void;
/**
 * A local variable or parameter of a function. A `pair` is two vectors under one name: eight floats. Engines that can
 * make one instruction of two find them side by side (see `pairs.ts`).
 */
export interface Local {
  readonly index: number;
  readonly kind: ValueKind | 'pair';
}
/** Eight floats that lie side by side, four, or one. */
export type Width = 'pair' | 'vector' | 'lane';

/** Value types as the binary format numbers them. */
export const KIND_BYTE = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const;
const VOID = 0x40;

function floatBytes(value: number): number[] {
  return [...new Uint8Array(Float32Array.of(value).buffer)];
}

/** Writes the body of one function. */
export class FunctionBuilder {
  private readonly bytes = new ByteWriter();
  /** Where a callee's index is to stand. */
  private readonly calls: { readonly at: number; readonly callee: FunctionBuilder }[] = [];
  private readonly locals: ValueKind[] = [];
  /** Which vector of a pair is being written. */
  private half: 0 | 1 = 0;
  /** A vector that is never set. */
  private zero: Local | undefined;
  readonly parameters: readonly Local[];

  constructor(
    readonly name: string,
    readonly parameterKinds: readonly ValueKind[],
    readonly result?: ValueKind,
    /** Whether relaxed instructions may be used. */
    readonly fastMath = false,
  ) {
    this.parameters = parameterKinds.map((kind, index) => ({ kind, index }));
  }

  /** A new local variable; it starts at zero. */
  local(kind: Local['kind']): Local {
    const index = this.parameterKinds.length + this.locals.length;
    if (kind === 'pair') this.locals.push('v128', 'v128');
    else this.locals.push(kind);
    return { kind, index };
  }

  /** Functions that this one calls, in the order of the calls. */
  get callees(): FunctionBuilder[] {
    return this.calls.map(({ callee }) => callee);
  }

  /**
   * The function's body, with its locals, as the code section wants it.
   *
   * @param indexOf numbers of functions in the module that this is written for
   */
  encode(indexOf: (callee: FunctionBuilder) => number): ByteWriter {
    const body = new ByteWriter().unsigned(this.locals.length);
    for (const kind of this.locals) body.byte(1).byte(KIND_BYTE[kind]);
    let from = 0;
    for (const { at, callee } of this.calls) {
      body.all(this.bytes.view(from, at)).unsigned(indexOf(callee));
      from = at;
    }
    return body.all(this.bytes.view(from)).byte(0x0b);
  }

  /** Reads a local; of a pair, the vector that is being written. */
  get(local: Local): this {
    this.bytes.byte(0x20).unsigned(local.kind === 'pair' ? local.index + this.half : local.index);
    return this;
  }

  /** Sets a local. The code for a pair is written twice, once for each of its vectors. */
  set(local: Local, value: Code): this {
    return this.forEachHalf(local, [0, 1], () => {
      value(this);
      this.bytes.byte(0x21).unsigned(local.kind === 'pair' ? local.index + this.half : local.index);
    });
  }

  /**
   * Stores a local at an address: the two vectors of a pair side by side, with nothing between the two stores. The upper
   * one comes first: V8 puts its store of both in the place of the second, and would leave in the first.
   */
  storeLocal(address: Local, value: Local, width: Width, offset = 0): this {
    return this.forEachHalf(value, [1, 0], () => {
      this.get(address).get(value);
      this.store(width === 'lane' ? 'lane' : 'vector', offset + 16 * this.half);
    });
  }

  private forEachHalf(local: Local, halves: readonly (0 | 1)[], write: () => void): this {
    if (local.kind !== 'pair') {
      write();
      return this;
    }
    for (const half of halves) {
      this.half = half;
      write();
    }
    this.half = 0;
    return this;
  }

  i32(value: number): this {
    this.bytes.byte(0x41).signed(value);
    return this;
  }

  f32x4(value: number): this {
    const lane = floatBytes(value);
    return this.simd(12, ...lane, ...lane, ...lane, ...lane);
  }

  i32x4(value: number): this {
    const lane = [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
    return this.simd(12, ...lane, ...lane, ...lane, ...lane);
  }

  /** An instruction on i32 whose operands are on the stack. */
  op(name: keyof typeof I32): this {
    return this.emit(I32[name]);
  }

  /** A SIMD instruction whose operands are on the stack. */
  vector(name: SimdInstruction): this {
    return this.simd(SIMD[name]);
  }

  /** Four lanes picked from two vectors by number, 0 to 7. */
  shuffle(lanes: readonly number[]): this {
    return this.simd(13, ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)));
  }

  /** An i32 lane of the vector on the stack. */
  lane(which: number): this {
    return this.simd(27, which);
  }

  /**
   * Loads from the address on the stack plus an offset: 16 bytes, the 16 bytes of the vector of a pair that is being
   * written, one float into lane 0, or one float into all.
   */
  load(width: Width | 'splat', offset = 0): this {
    const [instruction, align] = { pair: [0, 4], vector: [0, 4], lane: [92, 2], splat: [9, 2] }[width];
    this.simd(instruction, align).bytes.unsigned(width === 'pair' ? offset + 16 * this.half : offset);
    return this;
  }

  /** Stores a vector, or its lane 0, at the address below it on the stack plus an offset. */
  store(width: 'vector' | 'lane', offset = 0): this {
    if (width === 'vector') this.simd(11, 4).bytes.unsigned(offset);
    else this.simd(90, 2).bytes.unsigned(offset).byte(0);
    return this;
  }

  loadI32(offset = 0): this {
    this.bytes.byte(0x28).byte(2).unsigned(offset);
    return this;
  }

  loadByte(offset = 0): this {
    this.bytes.byte(0x2d).byte(0).unsigned(offset);
    return this;
  }

  /** Loads 8 bytes into the low half of a vector. */
  loadEightBytes(offset = 0): this {
    this.simd(93, 3).bytes.unsigned(offset);
    return this;
  }

  /** Fills memory with a byte: address, value and length are on the stack. */
  fillMemory(): this {
    return this.emit(0xfc, 11, 0);
  }

  call(callee: FunctionBuilder): this {
    this.bytes.byte(0x10);
    this.calls.push({ at: this.bytes.length, callee });
    return this;
  }

  block(body: () => void): this {
    this.emit(0x02, VOID);
    body();
    return this.emit(0x0b);
  }

  /**
   * A loop; the body branches to its beginning. Vectors that the body makes are forgotten at its end: else the
   * compiler carries them to the next round, and would have to take pairs apart for it.
   */
  private loop(body: () => void, condition: Local): this {
    this.emit(0x03, VOID);
    const outer = this.locals.length;
    body();
    this.locals.forEach((kind, index) => {
      if (index < outer || kind !== 'v128') return;
      this.zero ??= this.local('v128');
      this.get(this.zero)
        .bytes.byte(0x21)
        .unsigned(this.parameterKinds.length + index);
    });
    return this.get(condition).branchIf(0).emit(0x0b);
  }

  /** Runs the body if the i32 on the stack is not zero. */
  ifTrue(body: () => void): this {
    this.emit(0x04, VOID);
    body();
    return this.emit(0x0b);
  }

  branchIf(depth: number): this {
    this.bytes.byte(0x0d).unsigned(depth);
    return this;
  }

  /** Adds to an i32 local. */
  increase(local: Local, amount: number): this {
    if (amount === 0) return this;
    return this.set(local, (f) => f.get(local).i32(amount).op('add'));
  }

  /** Runs the body `count` times; no loop is written for one time, nothing for none. */
  repeat(count: number, body: () => void): this {
    if (count <= 0) return this;
    if (count === 1) {
      body();
      return this;
    }
    const left = this.local('i32');
    return this.set(left, (f) => f.i32(count)).countDown(left, body);
  }

  /** Runs the body as often as a local says, at least once, and counts that down. */
  countDown(left: Local, body: () => void): this {
    return this.loop(() => {
      body();
      this.set(left, (f) => f.get(left).i32(1).op('sub'));
    }, left);
  }

  /** Runs the body `count` times, and `after` behind every block of `size` times and behind the rest. */
  repeatInBlocks(count: number, size: number, body: () => void, after: () => void): this {
    if (count <= 0) return this;
    if (count <= size) {
      this.repeat(count, body);
      after();
      return this;
    }
    const [left, block] = [this.local('i32'), this.local('i32')];
    this.set(left, (f) => f.i32(count));
    return this.loop(() => {
      this.set(block, (f) => f.get(left));
      this.i32(size).get(left).op('ltU');
      this.ifTrue(() => this.set(block, (f) => f.i32(size)));
      this.set(left, (f) => f.get(left).get(block).op('sub'));
      this.countDown(block, body);
      after();
    }, left);
  }

  private emit(...bytes: number[]): this {
    this.bytes.all(bytes);
    return this;
  }

  private simd(instruction: number, ...immediates: number[]): this {
    this.bytes.byte(0xfd).unsigned(instruction).all(immediates);
    return this;
  }
}
