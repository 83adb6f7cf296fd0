import { isOfKind } from '../operations/table.js';
import type { Operation, Program } from '../trace/program.js';
import type { Code, FunctionBuilder, Local, ModuleBuilder, SimdInstruction } from './assembler.js';
import { castInstruction } from './cast.js';
import { binary, exponential, float, hyperbolicTangent, local, logarithm, logistic, select } from './functions.js';

const DIRECT: Readonly<Record<string, SimdInstruction>> = {
  neg: 'f32x4.neg',
  abs: 'f32x4.abs',
  sqrt: 'f32x4.sqrt',
  add: 'f32x4.add',
  sub: 'f32x4.sub',
  mul: 'f32x4.mul',
  div: 'f32x4.div',
  maximum: 'f32x4.max',
  minimum: 'f32x4.min',
};
const COMPARISONS: Readonly<Record<string, SimdInstruction>> = {
  greater: 'f32x4.gt',
  greaterEqual: 'f32x4.ge',
  equal: 'f32x4.eq',
};
const CALLS: Readonly<Record<string, (module: ModuleBuilder) => number>> = {
  exp: exponential,
  log: logarithm,
  tanh: hyperbolicTangent,
  sigmoid: logistic,
};

/** Functions that a kernel's expressions call must be in the module before the kernel is. */
export function defineCallees(module: ModuleBuilder, body: Program): void {
  for (const { name } of body.operations) CALLS[name]?.(module);
}

/** Computes the element-wise operations of a kernel for four elements at a place, each value once. */
export class Expressions {
  private readonly values = new Map<number, Local>();
  private readonly masks = new Map<number, Local>();

  /**
   * @param read code that leaves the four elements of a value that is not computed here
   */
  constructor(
    private readonly f: FunctionBuilder,
    private readonly module: ModuleBuilder,
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
    const result = this.f.local('v128');
    this.f.set(result, code);
    return result;
  }

  private compute({ name, inputs, outputs, attributes }: Operation): Code {
    if (COMPARISONS[name]) return binary('v128.and', local(this.mask(outputs[0])), float(1));
    if (name === 'where') {
      const mask = this.mask(inputs[0]);
      return select(local(mask), local(this.value(inputs[1])), local(this.value(inputs[2])));
    }
    const operands = inputs.map((value) => this.value(value));
    if (name === 'cast') {
      const instruction = castInstruction(attributes);
      return instruction ? (f) => f.get(operands[0]).vector(instruction) : local(operands[0]);
    }
    if (name === 'relu') return binary('f32x4.max', local(operands[0]), float(0));
    const callee = CALLS[name]?.(this.module);
    return (f) => {
      for (const operand of operands) f.get(operand);
      if (callee !== undefined) f.call(callee);
      else f.vector(DIRECT[name]);
    };
  }

  /** All bits of a lane set where a value is not zero; comparisons are masks already. */
  private mask(value: number): Local {
    const known = this.masks.get(value);
    if (known) return known;
    const operation = this.producer[value];
    const comparison = operation && COMPARISONS[operation.name];
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
}
