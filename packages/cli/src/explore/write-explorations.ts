import { basename } from 'node:path';
import { encodeExploration } from '@weft/formats';
import { AUTOENCODERS } from '@weft/models';
import { InputError } from '../exit.js';
import { explorationFile } from '../run/directory.js';
import { giveMemoryBack } from '../run/forget.js';
import { modelTitle } from '../run/model-keys.js';
import type { RunPlan } from '../run/perform-run.js';
import type { TestContext } from '../run/test-model.js';
import type { Trained } from '../run/train-model.js';
import { exploreModel } from './explore-model.js';

/** Writes the exploration of each model into the folder of its run. One that diverged has none, which is said. */
export async function writeExplorations(
  trained: readonly Trained[],
  { data, directory, options: { noise, seed }, terminal, signal }: RunPlan,
  pool: TestContext['pool'],
): Promise<void> {
  for (const { key, autoencoder } of trained) {
    terminal.show(`Exploring the ${modelTitle(key)}`);
    const explored = {
      autoencoder,
      run: basename(directory.path),
      data,
      noise: AUTOENCODERS[key].denoises ? noise : undefined,
      seed,
    };
    try {
      const exploration = await exploreModel(explored, { pool, signal });
      await directory.write(explorationFile(key), encodeExploration(exploration));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      terminal.warning(error.message);
    }
    giveMemoryBack();
  }
}
