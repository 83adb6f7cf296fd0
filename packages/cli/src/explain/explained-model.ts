import type { ConvolutionOption } from '@weft/core/program';
import { corruption, parseNoise } from '@weft/data';
import type { Objective } from '@weft/models';
import { type BaseModel, type ExampleArray, type ExplainedUpdate, explainTraining } from '@weft/pool';

/** A model whose training is explained. */
export interface ExplainedModel {
  /** For headings. */
  readonly title: string;
  readonly model: BaseModel;
  /** Whether it learns from noisy examples. */
  readonly denoises: boolean;
  /** What it is trained by, where that is more than mean squared error: its own terms, or several changes in a step. */
  readonly objective?: Objective;
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

/** Examples of the right shape: their values do not matter. Images are bytes, as `weft train` has them. */
function someExamples(shape: readonly number[], dtype: string, count: number): ExampleArray {
  const length = count * sizeOf(shape);
  if (dtype === 'int32') return new Int32Array(length);
  if (shape.length === 3) return { data: new Uint8Array(length), scale: 1 / 255 };
  return new Float32Array(length);
}

/** What a step does that trains a model as `weft train` does: with mean squared error, terms of its own, and Adam. */
export async function explainModel(
  { model, denoises, objective }: ExplainedModel,
  { batchSize, convolution }: { readonly batchSize: number; readonly convolution: ConvolutionOption },
): Promise<readonly ExplainedUpdate[]> {
  const [[input, second], [output, other]] = [model.inputs, model.outputs];
  const givesItsInput = !second && !other && input.shape.join() === output.shape.join();
  const x = Object.fromEntries(
    model.inputs.map(({ name, shape, dtype }) => [name, someExamples(shape, dtype, batchSize)]),
  );
  const y = Object.fromEntries(
    model.outputs.map(({ name, shape }) => [name, new Float32Array(batchSize * sizeOf(shape))]),
  );
  const corrupt = denoises ? { corrupt: corruption(parseNoise('gaussian:0.4')) } : {};
  return explainTraining(model, givesItsInput ? { x } : { x, y }, { batchSize, convolution, ...objective, ...corrupt });
}
