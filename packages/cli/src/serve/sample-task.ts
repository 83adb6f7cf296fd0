/** What the thread of the samples is asked. */
export interface SampleTask {
  /** A model's file. */
  readonly bytes: Uint8Array;
  /** For messages. */
  readonly name: string;
  /** Where the folder of one's own pictures is, if the run uses one. */
  readonly dataPath: string | undefined;
}

/** What it gives: rows of images side by side, as PNG. */
export interface SamplesMade {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** Epochs that the model was trained; undefined if its file does not say. */
  readonly epochs: number | undefined;
  readonly original: Uint8Array;
  /** What it was given, if it denoises. */
  readonly noisy: Uint8Array | undefined;
  readonly made: Uint8Array;
}

/** Its answer: samples, or why there are none, as a sentence. */
export type SampleAnswer = { readonly made: SamplesMade } | { readonly problem: string };
