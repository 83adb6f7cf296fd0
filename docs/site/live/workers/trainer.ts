import { AUTOENCODERS } from '@weft/models';
import { WorkerPool } from '@weft/web';
import type { TrainerCalls, TrainerEvent } from '../train/calls.js';
import { answer } from './answer.js';
import { canKeep, holdTraining } from './kept-trainings.js';
import { Training } from './training.js';
import { loadTrainingData } from './training-data.js';

let pool: Promise<WorkerPool> | undefined;
let training: Training | undefined;

/** @throws Error if nothing was trained yet */
function theTraining(): Training {
  if (training) return training;
  throw new Error('There is no training yet. Start one.');
}

answer<TrainerCalls>({
  models: () =>
    Object.entries(AUTOENCODERS).map(([key, { title, longName, denoises, parameters }]) => ({
      key,
      title,
      longName,
      denoises,
      weights: parameters,
    })),

  canPause: canKeep,

  async train(job) {
    await holdTraining(job.id);
    const data = await loadTrainingData(job);
    pool ??= WorkerPool.create();
    training = new Training(job, data, (event: TrainerEvent) => self.postMessage(event));
    return training.run(await pool);
  },

  pause: () => theTraining().pause(),
  setRate: (rate) => theTraining().setRate(rate),
  save: async () => theTraining().save(),
});
