import { add, cast, mul, sum, Tensor } from '@weft/core';
import { formatShape } from '@weft/core/program';
import {
  type BaseModel,
  type Loss,
  type Metric,
  type ModelLoss,
  type ModelLossInput,
  type ModelWeight,
  metricResult,
  metricScores,
  regularizationLoss,
} from '@weft/nn';
import { requireTarget } from './data.js';
import { shown } from './options/shown.js';

/** A loss of prediction and target, a loss of the whole model, or losses by the names of outputs. */
export type LossOption = Loss | ModelLoss | Readonly<Record<string, Loss>>;

/** Metrics of the only output, or lists of them by the names of outputs. */
export type MetricsOption = readonly Metric[] | Readonly<Record<string, readonly Metric[]>>;

/** A name in the logs, and how its value follows from the numbers of all steps. */
export interface LogEntry {
  readonly name: string;
  value(totals: LogTotals): number;
}

/** What has been summed up over an epoch, or a set. */
export interface LogTotals {
  readonly examples: number;
  /** Of a number by its position: its mean over examples. */
  mean(number: number): number;
  /** All values for examples by their name. */
  scores(name: string): Float32Array;
}

/** What a batch is judged by. */
export interface Objective {
  /** One number, which is differentiated. */
  readonly loss: Tensor;
  /** Means over the batch that a step leaves behind; the mean over an epoch weighs them by the batch's examples. */
  readonly numbers: readonly Tensor[];
  readonly logs: readonly LogEntry[];
  /** Values for each example, [batch, ...], that metrics need all of. */
  readonly scores: readonly { readonly name: string; readonly tensor: Tensor }[];
}

/** What an objective is made of. */
export interface ObjectiveSource {
  readonly model: BaseModel;
  readonly loss: LossOption;
  readonly lossWeights?: Readonly<Record<string, number>>;
  readonly metrics?: MetricsOption;
  /** Name of the loss in the logs. */
  readonly name: string;
  /** The weights whose regularisers add to the loss, while they are trainable. Default: all of the model. */
  readonly penalised?: readonly ModelWeight[];
}

/** @throws TypeError or RangeError if a loss or a metric is none, or gives something of another shape */
export function objectiveOf(source: ObjectiveSource, everything: ModelLossInput, batch: number): Objective {
  const builder = new ObjectiveBuilder(source, everything, batch);
  builder.addLoss();
  builder.addMetrics();
  return builder.finish();
}

/** Where the weights of examples are kept for metrics: no metric has an empty name. */
const WEIGHTS = '.weights';

class ObjectiveBuilder {
  private readonly numbers: Tensor[] = [];
  private readonly logs: LogEntry[] = [];
  private readonly scores: { name: string; tensor: Tensor }[] = [];
  private loss: Tensor | undefined;

  constructor(
    private readonly source: ObjectiveSource,
    private readonly everything: ModelLossInput,
    private readonly batch: number,
  ) {}

  finish(): Objective {
    const { numbers, logs, scores } = this;
    return { loss: this.loss as Tensor, numbers, logs, scores };
  }

  addLoss(): void {
    const { loss, name, lossWeights = {} } = this.source;
    if (typeof loss !== 'object') {
      this.loss = this.penalised(this.lossOf(loss, name));
      this.addMean(name, this.loss);
      return;
    }
    this.checkNames('loss', Object.keys(loss));
    this.checkNames('lossWeights', Object.keys(lossWeights));
    const parts = Object.entries(loss).map(([output, part]) => {
      return { output, value: this.lossOf(part, `${output}_loss`, output), weight: lossWeights[output] ?? 1 };
    });
    if (parts.length === 0) throw new RangeError('loss: the record is empty. Give a loss for at least one output.');
    const weighted = parts.map(({ value, weight }) => (weight === 1 ? value : mul(value, weight)));
    this.loss = this.penalised(weighted.reduce((total, each) => add(total, each)));
    this.addMean(name, this.loss);
    for (const { output, value } of parts) this.addMean(`${output}_loss`, value);
  }

  private penalised(loss: Tensor): Tensor {
    const { model, penalised = model.weights } = this.source;
    const penalty = regularizationLoss(penalised, this.everything.context);
    return penalty ? add(loss, penalty) : loss;
  }

  private addMean(name: string, tensor: Tensor): void {
    const number = this.numbers.push(tensor) - 1;
    this.logs.push({ name, value: ({ mean }) => mean(number) });
  }

  private checkNames(option: string, names: readonly string[]): void {
    const known = Object.keys(this.everything.outputs);
    const unknown = names.find((name) => !known.includes(name));
    if (unknown === undefined) return;
    throw new RangeError(`${option}: the model has no output '${unknown}'. Its outputs are ${known.join(', ')}.`);
  }

  /** The only output of a model, for losses and metrics that name none. */
  private onlyOutput(option: string): string {
    const names = Object.keys(this.everything.outputs);
    if (names.length === 1) return names[0];
    throw new RangeError(
      `${option}: the model has the outputs ${names.join(', ')}. Give { ${names[0]}: ... } by name.`,
    );
  }

  /** The mean over the batch, where there is a number for each example. */
  private lossOf(loss: Loss | ModelLoss, label: string, output?: string): Tensor {
    const { everything, batch } = this;
    if (typeof loss !== 'function' || loss.length < 1 || loss.length > 2) {
      throw new TypeError(
        `${label}: got ${typeof loss === 'function' ? `a function of ${loss.length} parameters` : shown(loss)}; ` +
          'expected a function (prediction, target) => ..., or one of one parameter, ' +
          '({ inputs, outputs, targets, weights }) => ....',
      );
    }
    const isWhole = loss.length === 1;
    const given = isWhole
      ? (loss as ModelLoss)(everything)
      : this.ofOutput(loss as Loss, output ?? this.onlyOutput('loss'));
    if (!(given instanceof Tensor)) {
      throw new TypeError(
        `${label}: the loss gives ${shown(given)}; expected a tensor of [${batch}] or of one number, [].`,
      );
    }
    const value = cast(given, 'float32');
    const isScalar = value.shape.length === 0;
    if (!isScalar && !(value.shape.length === 1 && value.shape[0] === batch)) {
      throw new RangeError(
        `${label}: the loss gives ${formatShape(value.shape)} for a batch of ${batch}; expected [${batch}], a number for ` +
          'each example, or [], one for the batch. Take a mean over the other axes.',
      );
    }
    const { sampleWeight } = everything;
    if (!isScalar) return mul(sum(sampleWeight ? mul(value, sampleWeight) : value), 1 / batch);
    if (sampleWeight && !isWhole) {
      throw new RangeError(
        `${label}: the loss gives one number for the batch, which sampleWeight cannot weigh. Return [${batch}].`,
      );
    }
    return value;
  }

  private ofOutput(loss: Loss, output: string): Tensor {
    const { outputs, targets } = this.everything;
    requireTarget(this.source.model, targets, output);
    return loss(outputs[output], targets[output]);
  }

  addMetrics(): void {
    const { metrics = [] } = this.source;
    const byOutput: Readonly<Record<string, readonly Metric[]>> = Array.isArray(metrics)
      ? metrics.length > 0
        ? { [this.onlyOutput('metrics')]: metrics }
        : {}
      : (metrics as Readonly<Record<string, readonly Metric[]>>);
    this.checkNames('metrics', Object.keys(byOutput));
    const isOnly = Array.isArray(metrics);
    for (const [output, list] of Object.entries(byOutput)) {
      for (const metric of list) this.addMetric(metric, output, isOnly ? metric.name : `${output}_${metric.name}`);
    }
  }

  private addMetric(metric: Metric, output: string, name: string): void {
    const { outputs, targets, sampleWeight } = this.everything;
    if (this.logs.some((entry) => entry.name === name)) {
      throw new RangeError(`metrics: '${name}' is the name of two of them, or of a loss. Give each its own name.`);
    }
    requireTarget(this.source.model, targets, output);
    const parts = Object.entries(metricScores(metric, outputs[output], targets[output], name));
    for (const [key, tensor] of parts) this.addScore(`${name}.${key}`, tensor);
    if (sampleWeight) this.addScore(WEIGHTS, sampleWeight);
    this.logs.push({
      name,
      value: ({ examples, scores }) => {
        const arrays = Object.fromEntries(parts.map(([key]) => [key, scores(`${name}.${key}`)]));
        return metricResult(metric, arrays, { examples, weights: sampleWeight && scores(WEIGHTS) });
      },
    });
  }

  private addScore(name: string, tensor: Tensor): void {
    if (!this.scores.some((each) => each.name === name)) this.scores.push({ name, tensor });
  }
}
