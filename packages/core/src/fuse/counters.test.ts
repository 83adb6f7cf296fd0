import { describe, expect, it } from 'vitest';
import { autoencoderTraining } from '../../test/support/autoencoder.js';
import { add, mul, relu } from '../operations/elementwise.js';
import { matmul } from '../operations/matmul.js';
import { reshape } from '../operations/reshape.js';
import { lower } from '../run/compile.js';
import { tensor } from '../tensor/create.js';
import { trace } from '../trace/trace.js';
import { countProgram } from './counters.js';
import { fuse } from './fuse.js';

it('x', () => {
  for (const n of [1, 16]) {
    const lowered = lower(autoencoderTraining(n).program);
    console.log(countProgram(lowered), countProgram(fuse(lowered)));
  }
});
