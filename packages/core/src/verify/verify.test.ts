import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { autoencoderTraining } from '../../test/support/autoencoder.js';
import { build, recipes } from '../../test/support/programs.js';
import { fuse } from '../fuse/fuse.js';
import type { KernelAttributes } from '../fuse/kernels.js';
import { sum } from '../operations/broadcast.js';
import { add, relu } from '../operations/elementwise.js';
import { matmul } from '../operations/matmul.js';
import { maxPool2d } from '../operations/pooling.js';
import { lower } from '../run/compile.js';
import { tensor } from '../tensor/create.js';
import type { Operation, Program } from '../trace/program.js';
import { trace } from '../trace/trace.js';
import { verify } from './verify.js';

const matrix = (rows: number, columns: number) => tensor(new Float32Array(rows * columns), [rows, columns]);

/** %0 x, %1 weight, %2 product, %3 bias, %4 broadcast, %5 sum, %6 activation, %7 total. */
const layer = () => {
  const { program } = trace([sum(relu(add(matmul(matrix(4, 3), matrix(3, 5)), tensor(new Float32Array(5)))))]);
  return program;
};

const withOperation = (program: Program, name: string, change: (operation: Operation) => Operation): Program => ({
  ...program,
  operations: program.operations.map((operation) => (operation.name === name ? change(operation) : operation)),
});

describe('verify', () => {
  it('finds nothing wrong in programs that Weft writes, traced, lowered and fused', () => {
    const { program } = autoencoderTraining(2);
    for (const good of [program, lower(program), fuse(lower(program))]) verify(good);
    fc.assert(
      fc.property(recipes(), fc.boolean(), (recipe, gradients) => {
        const { outputs, leaves } = build(recipe, gradients);
        const traced = trace(outputs, leaves).program;
        for (const good of [traced, lower(traced), fuse(lower(traced))]) verify(good);
      }),
      { numRuns: 30 },
    );
  });

  it('refuses swapped operands, and says what does not fit', () => {
    const swap = (operation: Operation) => ({ ...operation, inputs: [...operation.inputs].reverse() });
    expect(() => verify(withOperation(layer(), 'matmul', swap))).toThrow(/matmul\(%1, %0\): .*inner lengths differ/s);
  });

  it('refuses values of other types than their operations give', () => {
    const program = layer();
    const [product] = program.operations.find(({ name }) => name === 'matmul')?.outputs ?? [];
    const values = program.values.with(product, { shape: [5, 4], dtype: 'float32' });
    expect(() => verify({ ...program, values })).toThrow(/its outputs are float32\[5,4\], but float32\[4,5\] is right/);
    const typed = program.values.with(0, { shape: [4, 3], dtype: 'uint8' });
    expect(() => verify({ ...program, values: typed })).toThrow(/it takes float32, not uint8\[4,3\]/);
    const unknown = program.values.with(0, { shape: [4, -3], dtype: 'float32' });
    expect(() => verify({ ...program, values: unknown })).toThrow(/value %0 has no type that Weft knows/);
  });

  it('refuses a program that lacks any of its operations, or has them in another order', () => {
    const program = lower(autoencoderTraining(1).program);
    for (let index = 0; index < program.operations.length; index++) {
      const operations = program.operations.toSpliced(index, 1);
      expect(() => verify({ ...program, operations })).toThrow(/not computed before it|nothing computes/);
    }
    const reversed = layer().operations.toReversed();
    expect(() => verify({ ...layer(), operations: reversed })).toThrow(/is not computed before it/);
  });

  it('refuses what is computed twice, what is not there, and what nobody knows', () => {
    const program = layer();
    const twice = [...program.operations, program.operations[0]];
    expect(() => verify({ ...program, operations: twice })).toThrow(/is there already/);
    expect(() => verify({ ...program, outputs: [99] })).toThrow(/output 0 is %99, which nothing computes/);
    const renamed = withOperation(program, 'relu', (operation) => ({ ...operation, name: 'rleu' }));
    expect(() => verify(renamed)).toThrow(/Weft has no operation "rleu"/);
  });

  it.each([
    ['a function', () => 0, 'a function'],
    ['undefined', undefined, 'undefined'],
    ['not a number', [1, Number.NaN], String.raw`extra\[1\] is NaN`],
    ['minus zero', -0, 'extra is -0'],
    ['a typed array', new Float32Array(2), 'a Float32Array'],
  ])('refuses attributes that hold %s', (_, extra, problem) => {
    const odd = withOperation(layer(), 'sum', (o) => ({ ...o, attributes: { ...o.attributes, extra } }));
    expect(() => verify(odd)).toThrow(new RegExp(`no plain data: .*${problem}`));
  });

  it('refuses kernels that do not fit their bodies, and bodies that are wrong', () => {
    const fused = fuse(lower(layer()));
    const broken = (change: (body: Program) => Program): Program => ({
      ...fused,
      operations: fused.operations.map((operation) => {
        if (operation.name !== 'kernel') return operation;
        const { kind, body } = operation.attributes as KernelAttributes;
        return { ...operation, attributes: { kind, body: change(body) } };
      }),
    });
    expect(() => verify(broken((body) => ({ ...body, inputs: body.inputs.slice(1) })))).toThrow(
      /its body.*: operation/s,
    );
    expect(() => verify(broken((body) => ({ ...body, outputs: [] })))).toThrow(/kernel writes .* but nothing is right/);
    const { program } = trace([maxPool2d(tensor(new Float32Array(16), [1, 4, 4, 1]), 2)]);
    const values = program.values.with(0, { shape: [1, 4, 2, 2], dtype: 'float32' });
    expect(() => verify({ ...program, values })).toThrow(/operand 0 is \[1,4,2,2\], but must be \[1,4,4,1\]/);
  });
});
