import { decodeJob, encodeJob, type Job, JobError } from '@weft/cluster';
import { add, mul, placeholder, type RandomStream, sum, type Tensor } from '@weft/core';
import { trace } from '@weft/core/program';
import { between, happens, mutate } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import { type Drawn, mustHold, type Target } from '../target.js';

const MOST_MEMORY = 2 ** 20;
const SLICE = 4096;

/** Addresses of what a job has: its examples, weights, results, sums and a number of its step. */
const AT = { x: 128, weight: 512, rows: 1024, leaves: SLICE, reduced: 9 * SLICE, log: 10 * SLICE, top: 11 * SLICE };

const float = (shape: readonly number[], name: string) => placeholder({ shape, dtype: 'float32' }, name);
const programOf = (outputs: readonly Tensor[], inputs: readonly Tensor[]) => trace(outputs, inputs).program;
const at = (segment: number, offset = 0) => ({ segment, offset });
const options = { isLowered: true };

/** Products with a weight for each example, and their sum over all of them. */
function anyJob(random: RandomStream): Job {
  const [count, leaves, width] = [between(random, 1, 3), between(random, 1, 6), between(random, 1, 4)];
  const batch = count * leaves;
  const [x, weight, before] = [float([count, width], 'x'), float([width], 'weight'), float([width], 'before')];
  const rows = mul(x, weight);
  const total = sum(rows, 0);
  const blocks = [
    { address: 0 },
    { address: AT.x, perExample: 4 * width },
    { address: AT.rows, perExample: 4 * width },
    { address: leaves > 1 ? AT.leaves : AT.reduced, perLeaf: SLICE },
  ];
  const update = float([width], 'sum');
  return {
    session: '7',
    top: AT.top,
    scratch: [{ address: AT.leaves, bytes: AT.log - AT.leaves }],
    constants: happens(random, 0.5) ? [{ address: AT.x, bytes: 4 * width * batch, sha256: 'ab'.repeat(32) }] : [],
    programs: [
      {
        program: programOf([total, rows], [x, weight]),
        inputs: [at(2), at(1, AT.weight)],
        outputs: [at(4), at(3)],
        invariant: [1],
        options,
      },
      {
        program: programOf([add(before, total)], [before, x, weight]),
        inputs: [at(4), at(2), at(1, AT.weight)],
        outputs: [at(4)],
        invariant: [],
        options,
      },
      {
        program: programOf([mul(update, 0.5)], [update]),
        inputs: [at(1, AT.reduced)],
        outputs: [at(1, AT.weight)],
        invariant: [],
        options: {},
      },
    ],
    works: [
      {
        [batch]: [
          {
            kind: 'micro',
            leaves: Array.from({ length: leaves }, (_, leaf) => [{ begin: leaf * count, count }]),
            parts: {
              leaves: leaves > 1 ? AT.leaves : AT.reduced,
              bytes: SLICE,
              groups: [{ combine: happens(random, 0.5) ? 'sum' : 'max', offset: 0, slices: 1 }],
              reduced: AT.reduced,
            },
            first: { [count]: { program: 0, blocks } },
            next: { [count]: { program: 1, blocks } },
          },
          { kind: 'slices', parts: [{ launch: { program: 2, blocks: [{ address: 0 }] }, count: 1 }] },
          { kind: 'finish', renewals: [], logs: [{ from: AT.reduced, to: AT.log }], endsStep: true },
        ],
      },
    ],
  };
}

/** The job's JSON, which begins with its format. */
const jsonOf = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString());

export const job: Target = {
  name: 'job',
  draw(random): Drawn {
    const made = anyJob(random);
    const bytes = encodeJob(made);
    if (happens(random, 0.3)) return { bytes, expected: made };
    if (happens(random, 0.2)) return { bytes: mutate(bytes, random) };
    return { bytes: Buffer.from(mutateJson(jsonOf(bytes), random)) };
  },
  read: (bytes) => decodeJob(bytes, { mostMemory: MOST_MEMORY }),
  use(value) {
    const { top, constants, programs } = value as Job;
    mustHold(top <= MOST_MEMORY, 'a job takes more memory than is allowed');
    const isInside = constants.every(({ address, bytes }) => address >= 128 && address + bytes <= top);
    mustHold(isInside, 'a constant lies outside of the memory');
    const isComplete = programs.every(({ program, inputs }) => program.inputs.length === inputs.length);
    mustHold(isComplete, 'an input has no place');
  },
  isLawful: (error) => error instanceof JobError && error.message.length < 1000,
};
