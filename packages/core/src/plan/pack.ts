import type { KernelAttributes } from '../fuse/kernels.js';
import { producers, rootOf } from '../fuse/space.js';
import { matmulSizes } from '../operations/matmul.js';
import type { ValueType } from '../tensor/shape.js';
import type { Operation, Program } from '../trace/program.js';

/** Fewer rows than this read a right factor too seldom to pay for laying it out anew. */
const FEWEST_ROWS = 8;

/** A product whose right factor can be laid out in panels. */
interface Packable {
  /** Position of the right factor among the kernel's inputs. */
  readonly which: number;
  readonly matmul: Operation;
  readonly batch: number;
  readonly k: number;
  readonly n: number;
}

/**
 * Lays right factors of matrix products that stay the same over many runs, such as weights, out as products read
 * them: `[batch, n / panel, k, panel]`, panel after panel without gaps. Read by rows, a panel is a cache line of each,
 * which memory delivers at half the rate.
 *
 * A kernel's body says how the factor was laid out, by a transposition that its emitter does not compute.
 *
 * @param invariant values that stay the same
 * @param panel     columns of a panel
 */
export function packFactors(program: Program, invariant: ReadonlySet<number>, panel: number): Program {
  const stays = new Set(invariant);
  const values = [...program.values];
  const operations: Operation[] = [];
  const producer = producers(program);
  const packed = new Map<number, number>();
  const pack = (value: number, sizes: Packable) => {
    const known = packed.get(value);
    if (known !== undefined) return known;
    const { batch, k, n } = sizes;
    const to = values.push({ shape: [batch, n / panel, k, panel], dtype: 'float32' }) - 1;
    operations.push(packingOf(program, producer[value], value, to, sizes, panel));
    packed.set(value, to);
    return to;
  };
  for (const operation of program.operations) {
    const factor = packable(operation, panel);
    if (operation.inputs.every((value) => stays.has(value))) for (const value of operation.outputs) stays.add(value);
    const value = factor && operation.inputs[factor.which];
    if (!factor || value === undefined || !stays.has(value)) operations.push(operation);
    else operations.push(withPanels(operation, factor, pack(value, factor), panel));
  }
  return { ...program, values, operations: withoutUnused(operations, program.outputs) };
}

/** The right factor of a product, if it is an input of the kernel that nothing else in it reads, in whole panels. */
function packable({ name, attributes }: Operation, panel: number): Packable | undefined {
  if (name !== 'kernel') return undefined;
  const { kind, body } = attributes as KernelAttributes;
  const matmul = kind === 'matmul' ? body.operations.find((operation) => operation.name === 'matmul') : undefined;
  if (!matmul) return undefined;
  const [a, b] = matmul.inputs.map((value) => body.values[value].shape);
  const transposeA = matmul.attributes.transposeA as boolean;
  const { batch, m, k, n } = matmulSizes(a, b, { transposeA, transposeB: false });
  const producer = producers(body);
  const root = rootOf(producer, matmul.inputs[1]);
  const readers = body.operations.flatMap((operation) =>
    operation.name === 'reshape' ? [] : operation.inputs.filter((value) => rootOf(producer, value) === root),
  );
  const which = body.inputs.indexOf(root);
  if (which < 0 || readers.length > 1 || m < FEWEST_ROWS || n % panel !== 0 || n === panel) return undefined;
  return { which, matmul, batch, k, n };
}

/** A kernel that copies a factor into panels; what was only a transposition is not computed before. */
function packingOf(
  program: Program,
  before: Operation | undefined,
  value: number,
  to: number,
  { batch, k, n }: Packable,
  panel: number,
): Operation {
  const { kind, body } = (before?.name === 'kernel' ? before.attributes : {}) as Partial<KernelAttributes>;
  const permutation = (body?.operations.at(-1)?.attributes.permutation ?? []) as readonly number[];
  const swaps = kind === 'transpose' && ['1,0', '0,2,1'].includes(permutation.join());
  const [from, shape, moved] =
    before && swaps
      ? [before.inputs[0], [batch, n / panel, panel, k], [0, 1, 3, 2]]
      : [value, [batch, k, n / panel, panel], [0, 2, 1, 3]];
  const float32 = (lengths: readonly number[]): ValueType => ({ shape: lengths, dtype: 'float32' });
  const packing: Program = {
    values: [program.values[from], float32(shape), float32(moved.map((axis) => shape[axis]))],
    inputs: [0],
    operations: [
      { name: 'reshape', inputs: [0], outputs: [1], attributes: { shape } },
      { name: 'transpose', inputs: [1], outputs: [2], attributes: { permutation: moved } },
    ],
    outputs: [2],
  };
  const attributes: KernelAttributes = { kind: 'transpose', body: packing };
  return { name: 'kernel', inputs: [from], outputs: [to], attributes };
}

/** A kernel that reads its right factor in panels. */
function withPanels(
  operation: Operation,
  { which, matmul, batch, k, n }: Packable,
  to: number,
  panel: number,
): Operation {
  const { kind, body } = operation.attributes as KernelAttributes;
  const producer = producers(body);
  const values = [...body.values];
  const add = (shape: readonly number[]) => values.push({ shape, dtype: 'float32' }) - 1;
  const input = add([batch, n / panel, k, panel]);
  const rows = add([batch, k, n / panel, panel]);
  const factor = values.push(body.values[matmul.inputs[1]]) - 1;
  const { shape } = values[factor];
  const operations: Operation[] = [
    { name: 'transpose', inputs: [input], outputs: [rows], attributes: { permutation: [0, 2, 1, 3] } },
    { name: 'reshape', inputs: [rows], outputs: [factor], attributes: { shape } },
    ...body.operations
      .filter(
        ({ name, inputs }) =>
          name !== 'reshape' || !inputs.some((value) => rootOf(producer, value) === body.inputs[which]),
      )
      .map((each) => (each === matmul ? { ...matmul, inputs: [matmul.inputs[0], factor] } : each)),
  ];
  const inputs = body.inputs.with(which, input);
  const attributes: KernelAttributes = { kind, body: { ...body, values, inputs, operations } };
  return { ...operation, inputs: operation.inputs.with(which, to), attributes };
}

/** Without kernels whose results nobody reads any more. */
function withoutUnused(operations: readonly Operation[], outputs: readonly number[]): Operation[] {
  const read = new Set(outputs);
  const kept: Operation[] = [];
  for (const operation of [...operations].reverse()) {
    if (!operation.outputs.some((value) => read.has(value))) continue;
    for (const value of operation.inputs) read.add(value);
    kept.unshift(operation);
  }
  return kept;
}
