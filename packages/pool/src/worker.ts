import { runTask, type Task } from '@weft/train/runtime';
import { delay } from './delays.js';

/** What piscina calls in a worker. */
export default function work(task: Task): void {
  runTask(task, delay);
}
