import type { Measurement } from './measure.js';
import type { Numerics } from './numerics.js';
import { measureAnalysis } from './suites/analysis.js';
import { measureContract } from './suites/contract.js';
import { measureConvolutions } from './suites/convolutions.js';
import { measureData } from './suites/data.js';
import { measureProducts } from './suites/matmul.js';
import { measureScaling } from './suites/scaling.js';
import { measureShapes } from './suites/shapes.js';
import { measureStartUp } from './suites/start-up.js';
import { measureTraining } from './suites/training.js';

/** What the user asks for besides names of suites. */
export interface SuiteOptions {
  /** Numbers of threads; suites that run on one of them take the last. */
  readonly threads: readonly number[];
  readonly numerics: readonly Numerics[];
}

/** A group of measurements with a name. */
export interface Suite {
  readonly about: string;
  /** Whether it runs when no suite is named: slow ones do not. */
  readonly isDefault: boolean;
  readonly run: (options: SuiteOptions) => Promise<Measurement[]>;
}

const most = ({ threads }: SuiteOptions) => threads[threads.length - 1];

export const SUITES: Readonly<Record<string, Suite>> = {
  matmul: {
    about: 'matrix products, and what share they are of what a core can do',
    isDefault: true,
    run: ({ numerics }) => measureProducts(numerics),
  },
  conv2d: {
    about: 'every algorithm of a convolution, by shape and pass',
    isDefault: true,
    run: ({ numerics }) => measureConvolutions(numerics),
  },
  training: {
    about: 'steps of the autoencoder, and forward alone',
    isDefault: true,
    run: ({ threads, numerics }) => measureTraining(threads, numerics),
  },
  data: { about: 'gathering, noise, reading files', isDefault: true, run: measureData },
  analysis: { about: 'PCA and kernel density', isDefault: true, run: measureAnalysis },
  shapes: {
    about: 'steps of other models, images and batches',
    isDefault: false,
    run: async (options) => {
      const found: Measurement[] = [];
      for (const kind of options.numerics) found.push(...(await measureShapes(most(options), kind)));
      return found;
    },
  },
  contract: {
    about: "large weights, phases of a step, and a loop of one's own",
    isDefault: false,
    run: ({ threads }) => measureContract(threads),
  },
  scaling: {
    about: 'time by number of images and by number of pixels',
    isDefault: false,
    run: (options) => measureScaling(most(options)),
  },
  'start-up': { about: 'weft train to its first step, and compilation', isDefault: false, run: measureStartUp },
};
