import { parentPort } from 'node:worker_threads';
import { makeSamples } from './make-samples.js';
import type { SampleAnswer, SampleTask } from './sample-task.js';

parentPort?.on('message', async (task: SampleTask) => {
  let answer: SampleAnswer;
  try {
    answer = { made: await makeSamples(task) };
  } catch (error) {
    answer = { problem: (error as Error).message };
  }
  parentPort?.postMessage(answer);
});
