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
/** A local variable or parameter of a function. */
export interface Local {
  readonly index: number;
  readonly kind: ValueKind;
}

/** Value types as the binary format numbers them. */
export const KIND_BYTE = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const;
const VOID = 0x40;

const I32 = {
  add: 0x6a,
  sub: 0x6b,
  mul: 0x6c,
  and: 0x71,
  or: 0x72,
  shl: 0x74,
  shrU: 0x76,
  eq: 0x46,
  ltS: 0x48,
  ltU: 0x49,
  geS: 0x4e,
  geU: 0x4f,
  eqz: 0x45,
} as const;

/** SIMD instructions by name; the numbers are the specification's. */
const SIMD = {
  'v128.and': 78,
  'v128.andnot': 79,
  'v128.or': 80,
  'v128.xor': 81,
  'v128.bitselect': 82,
  'i16x8.extend_low_i8x16_u': 137,
  'i32x4.splat': 17,
  'f32x4.splat': 19,
  'i32x4.extend_low_i16x8_u': 169,
  'i32x4.extend_high_i16x8_u': 170,
  'i32x4.shl': 171,
  'i32x4.shr_s': 172,
  'i32x4.shr_u': 173,
  'i32x4.add': 174,
  'i32x4.sub': 177,
  'i32x4.mul': 181,
  'i32x4.eq': 55,
  'i64x2.extmul_low_i32x4_u': 222,
  'i64x2.extmul_high_i32x4_u': 223,
  'f32x4.eq': 65,
  'f32x4.ne': 66,
  'f32x4.lt': 67,
  'f32x4.gt': 68,
  'f32x4.le': 69,
  'f32x4.ge': 70,
  'f32x4.abs': 224,
  'f32x4.neg': 225,
  'f32x4.sqrt': 227,
  'f32x4.add': 228,
  'f32x4.sub': 229,
  'f32x4.mul': 230,
  'f32x4.div': 231,
  'f32x4.min': 232,
  'f32x4.max': 233,
  'f32x4.nearest': 106,
  'i32x4.trunc_sat_f32x4_s': 248,
  'f32x4.convert_i32x4_s': 250,
  'f32x4.convert_i32x4_u': 251,
  'f32x4.relaxed_madd': 261,
} as const;
export type SimdInstruction = keyof typeof SIMD;

/** A number in LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const byte = rest & 0x7f;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? byte | 0x80 : byte);
  } while (rest > 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && !(byte & 0x40)) || (rest === -1 && byte & 0x40)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

function floatBytes(value: number): number[] {
  return [...new Uint8Array(Float32Array.of(value).buffer)];
}

/** Writes the body of one function. */
export class FunctionBuilder {
  private readonly bytes: number[] = [];
  private readonly locals: ValueKind[] = [];
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
  local(kind: ValueKind): Local {
    return { kind, index: this.parameterKinds.length + this.locals.push(kind) - 1 };
  }

  /** The function's body, with its locals, as the code section wants it. */
  encode(): number[] {
    const locals = this.locals.flatMap((kind) => [1, KIND_BYTE[kind]]);
    const body = [...unsigned(this.locals.length), ...locals];
    for (const byte of this.bytes) body.push(byte);
    body.push(0x0b);
    return body;
  }

  get(local: Local): this {
    return this.emit(0x20, ...unsigned(local.index));
  }

  set(local: Local, value: Code): this {
    value(this);
    return this.emit(0x21, ...unsigned(local.index));
  }

  i32(value: number): this {
    return this.emit(0x41, ...signed(value));
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

  /** Loads from the address on the stack plus an offset: 16 bytes, one float into lane 0, or one float into all. */
  load(width: 'vector' | 'lane' | 'splat', offset = 0): this {
    const [instruction, align] = { vector: [0, 4], lane: [92, 2], splat: [9, 2] }[width];
    return this.simd(instruction, align, ...unsigned(offset));
  }

  /** Stores a vector, or its lane 0, at the address below it on the stack plus an offset. */
  store(width: 'vector' | 'lane', offset = 0): this {
    return width === 'vector' ? this.simd(11, 4, ...unsigned(offset)) : this.simd(90, 2, ...unsigned(offset), 0);
  }

  loadI32(offset = 0): this {
    return this.emit(0x28, 2, ...unsigned(offset));
  }

  loadByte(offset = 0): this {
    return this.emit(0x2d, 0, ...unsigned(offset));
  }

  /** Loads 8 bytes into the low half of a vector. */
  loadEightBytes(offset = 0): this {
    return this.simd(93, 3, ...unsigned(offset));
  }

  /** Fills memory with a byte: address, value and length are on the stack. */
  fillMemory(): this {
    return this.emit(0xfc, 11, 0);
  }

  call(callee: number): this {
    return this.emit(0x10, ...unsigned(callee));
  }

  block(body: () => void): this {
    this.emit(0x02, VOID);
    body();
    return this.emit(0x0b);
  }

  loop(body: () => void): this {
    this.emit(0x03, VOID);
    body();
    return this.emit(0x0b);
  }

  /** Runs the body if the i32 on the stack is not zero. */
  ifTrue(body: () => void): this {
    this.emit(0x04, VOID);
    body();
    return this.emit(0x0b);
  }

  branchIf(depth: number): this {
    return this.emit(0x0d, ...unsigned(depth));
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
    this.set(left, (f) => f.i32(count));
    return this.loop(() => {
      body();
      this.set(left, (f) => f.get(left).i32(1).op('sub'));
      this.get(left).branchIf(0);
    });
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
      this.loop(() => {
        body();
        this.set(block, (f) => f.get(block).i32(1).op('sub'));
        this.get(block).branchIf(0);
      });
      after();
      this.get(left).branchIf(0);
    });
  }

  private emit(...bytes: number[]): this {
    for (const byte of bytes) this.bytes.push(byte);
    return this;
  }

  private simd(instruction: number, ...immediates: number[]): this {
    return this.emit(0xfd, ...unsigned(instruction), ...immediates);
  }
}
