import { type ElementwiseName, isOfKind } from '../operations/table.js';
import type { DType, ValueType } from '../tensor/shape.js';
import type { Attributes } from '../tensor/tensor.js';
import type { Operation } from '../trace/program.js';
import type { Code, FunctionBuilder, Local, Width } from './assembler.js';
import { castInstruction } from './cast.js';
import { binary, exponential, float, hyperbolicTangent, local, logarithm, logistic, select } from './functions.js';
import type { SimdInstruction } from './instructions.js';
import { keep } from './pairs.js';
import { power } from './power.js';
import { cosine, errorFunction, sine } from './special-functions.js';

/** How an element-wise operation is written for four elements; `integer` is the instruction for int32. */
type ElementwiseCode =
  | { readonly instruction: SimdInstruction; readonly integer?: SimdInstruction }
  /** An instruction that sets all bits of a lane where the comparison holds. */
  | { readonly comparison: SimdInstruction; readonly integer: SimdInstruction }
  /** Code of its own on the operands. */
  | { readonly write: (...operands: Code[]) => Code }
  /** Code that its attributes decide. */
  | { readonly conversion: (operand: Code, attributes: Attributes) => Code }
  /** Takes the second or third operand, by the first. */
  | { readonly isSelection: true };

const CODES = {
  neg: { instruction: 'f32x4.neg' },
  abs: { instruction: 'f32x4.abs' },
  sqrt: { instruction: 'f32x4.sqrt' },
  floor: { instruction: 'f32x4.floor' },
  add: { instruction: 'f32x4.add', integer: 'i32x4.add' },
  sub: { instruction: 'f32x4.sub', integer: 'i32x4.sub' },
  mul: { instruction: 'f32x4.mul', integer: 'i32x4.mul' },
  div: { instruction: 'f32x4.div' },
  maximum: { instruction: 'f32x4.max', integer: 'i32x4.max_s' },
  minimum: { instruction: 'f32x4.min', integer: 'i32x4.min_s' },
  greater: { comparison: 'f32x4.gt', integer: 'i32x4.gt_s' },
  greaterEqual: { comparison: 'f32x4.ge', integer: 'i32x4.ge_s' },
  equal: { comparison: 'f32x4.eq', integer: 'i32x4.eq' },
  exp: { write: exponential },
  log: { write: logarithm },
  tanh: { write: hyperbolicTangent },
  sigmoid: { write: logistic },
  sin: { write: sine },
  cos: { write: cosine },
  erf: { write: errorFunction },
  pow: { write: power },
  relu: { write: (x) => binary('f32x4.max', x, float(0)) },
  where: { isSelection: true },
  cast: { conversion },
} as const satisfies Record<ElementwiseName, ElementwiseCode>;

/** Elements in another storage. */
function conversion(operand: Code, attributes: Attributes): Code {
  const instruction = castInstruction(attributes);
  if (!instruction) return operand;
  return (f) => {
    operand(f);
    f.vector(instruction);
  };
}

function codeOf(name: string): ElementwiseCode {
  if (Object.hasOwn(CODES, name)) return CODES[name as ElementwiseName];
  throw new TypeError(`emitModule: there is no WebAssembly for the element-wise operation "${name}".`);
}

/** The instruction for operands of a storage. */
function instructionFor(dtype: DType, instruction: SimdInstruction, integer: SimdInstruction | undefined) {
  return dtype === 'int32' && integer ? integer : instruction;
}

/** Computes the element-wise operations of a kernel for some elements at a place, each value once. */
export class Expressions {
  private readonly values = new Map<number, Local>();
  private readonly masks = new Map<number, Local>();

  /**
   * @param width how many elements
   * @param types of the kernel's values
   * @param read  code that leaves the elements of a value that is not computed here
   */
  constructor(
    private readonly f: FunctionBuilder,
    private readonly width: Width,
    private readonly types: readonly ValueType[],
    private readonly producer: readonly (Operation | undefined)[],
    private readonly read: (value: number) => Code | Local,
  ) {}

  /** The local that holds a value; its operations are written when it is first asked for. */
  value(value: number): Local {
    const known = this.values.get(value);
    if (known) return known;
    const operation = this.producer[value];
    let result: Local;
    if (operation && isOfKind(operation.name, 'elementwise')) {
      result = this.keep(this.compute(operation));
    } else if (operation?.name === 'reshape') {
      result = this.value(operation.inputs[0]);
    } else {
      const source = this.read(value);
      result = typeof source === 'function' ? this.keep(source) : source;
    }
    this.values.set(value, result);
    return result;
  }

  private keep(code: Code): Local {
    return keep(this.f, code, this.width);
  }

  private compute({ name, inputs, outputs, attributes }: Operation): Code {
    const code = codeOf(name);
    if ('comparison' in code) return binary('v128.and', local(this.mask(outputs[0])), float(1));
    if ('isSelection' in code) {
      const mask = this.mask(inputs[0]);
      return select(local(mask), local(this.value(inputs[1])), local(this.value(inputs[2])));
    }
    const operands = inputs.map((value) => local(this.value(value)));
    if ('conversion' in code) return code.conversion(operands[0], attributes);
    if ('write' in code) return code.write(...operands);
    const instruction = instructionFor(this.types[inputs[0]].dtype, code.instruction, code.integer);
    return (f) => {
      for (const operand of operands) operand(f);
      f.vector(instruction);
    };
  }

  /** All bits of a lane set where a value is not zero; comparisons are masks already. */
  private mask(value: number): Local {
    const known = this.masks.get(value);
    if (known) return known;
    const operation = this.producer[value];
    const comparison = this.comparisonOf(operation);
    let mask: Local;
    if (operation?.name === 'reshape') {
      mask = this.mask(operation.inputs[0]);
    } else if (operation && comparison) {
      const [a, b] = operation.inputs.map((input) => this.value(input));
      mask = this.keep(binary(comparison, local(a), local(b)));
    } else {
      const operand = this.value(value);
      mask = this.keep(binary('f32x4.ne', local(operand), float(0)));
    }
    this.masks.set(value, mask);
    return mask;
  }

  /** The instruction of a comparison, if an operation is one. */
  private comparisonOf(operation: Operation | undefined): SimdInstruction | undefined {
    if (!operation || !isOfKind(operation.name, 'elementwise')) return undefined;
    const code = codeOf(operation.name);
    const { dtype } = this.types[operation.inputs[0]];
    return 'comparison' in code ? instructionFor(dtype, code.comparison, code.integer) : undefined;
  }
}
