import type { Target } from '../target.js';
import { commandLine } from './arguments.js';
import { csv, npy, npz } from './arrays.js';
import { checkpoint } from './checkpoint.js';
import { chunks, dataFiles, heartbeats, messages } from './cluster.js';
import { exploration } from './exploration.js';
import { figureData } from './figure-data.js';
import { gzip, idx } from './idx.js';
import { job } from './job.js';
import { hdf5, keras } from './keras.js';
import { model } from './model.js';
import { ndarrays } from './ndarray.js';
import { onnx } from './onnx.js';
import { header, jpeg, png, tiff, tiles } from './pictures.js';
import { runRecord } from './run-record.js';
import { safetensors } from './safetensors.js';
import { sweep } from './sweep.js';
import { trial } from './trial.js';

/** Every reader of Weft of what somebody else may have written. */
export const targets: readonly Target[] = [
  idx,
  gzip,
  safetensors,
  model,
  checkpoint,
  exploration,
  ndarrays,
  npy,
  npz,
  csv,
  onnx,
  hdf5,
  keras,
  runRecord,
  sweep,
  figureData,
  commandLine,
  header,
  png,
  jpeg,
  tiff,
  tiles,
  trial,
  messages,
  chunks,
  heartbeats,
  dataFiles,
  job,
];
