/** An array of float32 in the job's file. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** In numbers, not bytes. */
  readonly offset: number;
}

/** A tensor with its numbers, in the process of an engine. */
export interface LoadedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A batch in float32. */
export interface Batch {
  readonly images: LoadedTensor;
  readonly targets?: LoadedTensor;
}

/** Weights by name, and a batch. */
export type LoadedJob = Batch & { readonly weights: ReadonlyMap<string, LoadedTensor> };

/** Tensors of a job's file, by what is said of them. Needs no Node: pages read the same bytes. */
export function tensorsIn(
  bytes: ArrayBuffer,
  { weights, images, targets }: { weights: readonly StoredTensor[]; images: StoredTensor; targets?: StoredTensor },
): LoadedJob {
  const all = new Float32Array(bytes);
  const load = ({ shape, offset }: StoredTensor): LoadedTensor => ({
    shape,
    data: all.slice(offset, offset + shape.reduce((a, b) => a * b, 1)),
  });
  return {
    weights: new Map(weights.map((stored) => [stored.name, load(stored)])),
    images: load(images),
    ...(targets && { targets: load(targets) }),
  };
}
