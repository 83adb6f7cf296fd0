import { parentPort, workerData } from 'node:worker_threads';
import { type ClassifierTask, classifyPoints } from './classifiers.js';

parentPort?.postMessage(classifyPoints(workerData as ClassifierTask));
