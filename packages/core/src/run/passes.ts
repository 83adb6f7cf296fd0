import type { ConvolutionOption } from '../convolution/choose.js';
import { type ConvolutionRecord, lowerConvolutions, lowerManyGroups } from '../convolution/lower.js';
import { differentiate } from '../differentiate/differentiate.js';
import { type EmitOptions, tilesOf } from '../emit/tiles.js';
import { fuse } from '../fuse/fuse.js';
import { packFactors } from '../plan/pack.js';
import { schedule } from '../plan/schedule.js';
import { canonicalise } from '../simplify/canonical.js';
import { transposedFactors } from '../simplify/factors.js';
import { simplify } from '../simplify/simplify.js';
import type { Program } from '../trace/program.js';
import { verifyPass } from '../verify/verify.js';

/** Options of passes. */
export interface PassOptions extends EmitOptions {
  /** Which convolution algorithms may be used; `auto` lets the shapes decide. */
  readonly convolution?: ConvolutionOption;
  /** Receives each convolution's algorithm. */
  readonly record?: (choice: ConvolutionRecord) => void;
  /** Positions of inputs that stay the same over many runs, such as weights. Default: none. */
  readonly invariant?: readonly number[];
  /** Whether each pass's program is verified. Default: as `setVerification` says, which is off. */
  readonly verify?: boolean;
}

/** One step from a traced program to kernels. */
export interface Pass {
  readonly name: string;
  /** What it does, in one sentence. */
  readonly does: string;
  run(program: Program, options: PassOptions): Program;
}

const simplified: Pass = {
  name: 'simplify',
  does: 'Collapses views of views, folds constants and drops factors of 1; results keep their bits.',
  run: simplify,
};

/** The passes from a traced program to one without gradients, convolutions or anything that computes nothing. */
export const LOWERING: readonly Pass[] = [
  simplified,
  {
    name: 'canonicalise',
    does: 'Moves poolings before biases and ReLUs, where there are fewer elements to compute afterwards.',
    run: canonicalise,
  },
  {
    name: 'lower convolutions',
    does: 'Replaces each convolution by the algorithm that costs least: tiles, matrix products and tiles again.',
    run: (program, { convolution = 'auto', record }) => lowerConvolutions(program, convolution, record),
  },
  {
    name: 'differentiate',
    does: 'Replaces gradients by the operations that compute them.',
    run: differentiate,
  },
  {
    name: 'lower groups',
    does: 'Computes convolutions in many groups, and their gradients, group by group.',
    run: (program, { convolution = 'auto' }) => lowerManyGroups(program, convolution),
  },
  simplified,
  {
    name: 'transpose factors',
    does: 'Writes the transposition of a right factor as an operation of its own, which weights need once a step.',
    run: transposedFactors,
  },
  simplified,
];

/** The passes from a lowered program to kernels in their order. */
export const KERNELS: readonly Pass[] = [
  {
    name: 'fuse',
    does: 'Groups operations into kernels that keep what lies between them in registers.',
    run: fuse,
  },
  {
    name: 'schedule',
    does: 'Orders kernels so that values are used while they are in the caches.',
    run: schedule,
  },
  {
    name: 'pack factors',
    does: 'Lays right factors that stay the same out in panels, in which products read them.',
    run: (program, { invariant = [], ...options }) =>
      packFactors(program, new Set(invariant.map((which) => program.inputs[which])), tilesOf(options).panel),
  },
];

/** Runs passes one after another; what each has written is verified if that is asked for. */
export function runPasses(
  program: Program,
  passes: readonly Pass[],
  options: PassOptions,
  visit?: (pass: Pass, after: Program) => void,
): Program {
  let current = program;
  for (const pass of passes) {
    current = pass.run(current, options);
    verifyPass(current, pass.name, options.verify);
    visit?.(pass, current);
  }
  return current;
}
