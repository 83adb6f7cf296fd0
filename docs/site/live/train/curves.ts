import { LineChart } from '../shared/chart/line-chart.js';
import { element } from '../shared/element.js';
import type { EpochLosses } from './calls.js';

/** So many points of single steps are drawn at most: each is the mean of as many neighbours as are needed for that. */
const MOST_POINTS = 240;

/** The chart of the losses while a model is trained. */
export class Curves {
  private readonly chart = new LineChart(element('curves', HTMLDivElement), {
    title: 'Loss while the model is trained',
    xLabel: 'Epoch',
    yLabel: 'Mean squared error',
    logarithmic: true,
  });
  private steps: number[] = [];
  private epochs: EpochLosses[] = [];
  /** Steps before the first that is known: of a training that goes on, those of other visits are not. */
  private firstStep = 0;
  private isDue = false;

  constructor(private stepsInEpoch = 1) {}

  /** @param step steps of the whole training that were done before */
  begin(stepsInEpoch: number, step: number, past: readonly EpochLosses[]): void {
    const isKnown = this.stepsInEpoch === stepsInEpoch && this.firstStep + this.steps.length >= step;
    if (step === 0 || !isKnown) {
      this.firstStep = step;
      this.steps = [];
    }
    this.steps.length = Math.min(this.steps.length, step - this.firstStep);
    this.stepsInEpoch = stepsInEpoch;
    this.epochs = [...past];
    this.draw();
  }

  addSteps(losses: readonly number[]): void {
    this.steps.push(...losses);
    this.draw();
  }

  addEpoch(losses: EpochLosses): void {
    this.epochs.push(losses);
    this.draw();
  }

  /** At most once a frame. */
  private draw(): void {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      this.chart.show(this.series());
    });
  }

  private series() {
    const { epochs, steps, firstStep, stepsInEpoch } = this;
    const thinned = thin(steps, MOST_POINTS);
    const ends = epochs.map((_, epoch) => epoch + 1);
    return [
      { name: 'Training, each epoch', x: ends, y: epochs.map(({ loss }) => loss) },
      { name: 'Validation, each epoch', x: ends, y: epochs.map(({ validationLoss }) => validationLoss) },
      {
        name: 'Training, each step',
        isFaint: true,
        x: thinned.map(({ at }) => (firstStep + at) / stepsInEpoch),
        y: thinned.map(({ mean }) => mean),
      },
    ];
  }
}

/** Means of neighbouring values, with the place behind the last of them. */
function thin(values: readonly number[], most: number): { at: number; mean: number }[] {
  const size = Math.ceil(values.length / most) || 1;
  return Array.from({ length: Math.ceil(values.length / size) }, (_, part) => {
    const some = values.slice(part * size, (part + 1) * size);
    return { at: part * size + some.length, mean: some.reduce((sum, value) => sum + value, 0) / some.length };
  });
}
