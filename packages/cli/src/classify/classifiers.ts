import { logisticRegression, nearestNeighbourClasses } from '@weft/analysis';

/** Points of known class, and points in question. */
export interface ClassifierTask {
  readonly classifier: 'logistic-regression' | 'nearest-neighbours';
  /** Row-major, [n, columns]. */
  readonly train: Float32Array;
  /** Row-major, [m, columns]. */
  readonly test: Float32Array;
  readonly columns: number;
  /** Class of each point to learn from, length n. */
  readonly labels: Uint8Array;
  readonly classCount: number;
  /** Inverse strength of the penalty of the logistic regression. */
  readonly c: number;
  readonly tolerance: number;
  readonly maxIterations: number;
  /** Number of neighbours. */
  readonly neighbours: number;
}

/** What a classifier says of the points in question. */
export interface ClassifierAnswer {
  /** A class for each. */
  readonly predicted: Uint32Array;
  /** How the logistic regression's fit has ended. */
  readonly fit?: { readonly objective: number; readonly iterations: number; readonly converged: boolean };
}

/** Fits a classifier and asks it. It fills the thread for as long as that takes. */
export function classifyPoints(task: ClassifierTask): ClassifierAnswer {
  const { train, test, columns, labels, classCount } = task;
  if (task.classifier === 'nearest-neighbours') {
    const { neighbours } = task;
    const predicted = nearestNeighbourClasses(train, labels.length, columns, labels, test, neighbours);
    return { predicted: Uint32Array.from(predicted) };
  }
  const { c, tolerance, maxIterations } = task;
  const model = logisticRegression(train, labels.length, columns, labels, { classCount, c, tolerance, maxIterations });
  const { objective, iterations, converged } = model;
  return { predicted: model.predict(test), fit: { objective, iterations, converged } };
}
