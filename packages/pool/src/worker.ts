import { type EpochTask, type MapTask, runTask, Workplace } from '@weft/train/runtime';
import { delay } from './delays.js';

/** What piscina calls in a worker. */
export default function work(task: EpochTask | MapTask): void {
  runTask(task, new Workplace(task, delay));
}
