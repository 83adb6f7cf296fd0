import type { Figure } from '../figures/figure.js';
import type { RunRecord } from '../record/run-record.js';
import { counted, formatCount, formatNumber, formatSeconds } from '../text/numbers.js';
import { figureName, SAMPLES_FIGURE } from './figure-names.js';
import { facts, type Html, html, list, nothing, paragraph, table } from './html.js';
import { missingFigureSentences } from './missing-figures.js';
import { numberedFigures, type Part, type Show } from './numbered-figures.js';
import { reproduceSection } from './reproduce-section.js';
import { comparisonSection, resultSection } from './result-sections.js';
import { classCount, dataSentences, limitSentences } from './run-sentences.js';
import { joined, lossesText, noiseText, objectiveOf, type TrainedModel, trainedModels } from './trained-models.js';
import { trainingSentences } from './training-sentences.js';

/** A part of the report with a heading of its own. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: readonly Part[];
}

/** The report's parts in reading order. */
export function sections(record: RunRecord, figures: readonly Figure[]): Section[] {
  const show = numberedFigures(figures);
  const trained = trainedModels(record);
  const missing = missingFigureSentences(
    record,
    figures.map(({ name }) => name),
  );
  const names = trained.map(({ name }) => name);
  const comparison = trained.length === 2 ? joined(names) : 'The models side by side';
  return [
    { id: 'data', title: 'Data', body: dataSection(record, show) },
    { id: 'models', title: 'Models', body: modelSection(record, trained) },
    { id: 'training', title: 'Training', body: trainingSection(record, show) },
    { id: 'results', title: 'Results', body: [...resultSection(record, show), paragraph(missing)] },
    ...(trained.length > 1 ? [{ id: 'comparison', title: comparison, body: comparisonSection(trained, record) }] : []),
    { id: 'limits', title: 'Limits', body: [list(limitSentences(record))] },
    { id: 'reproduce', title: 'How to reproduce it', body: reproduceSection(record) },
  ];
}

function dataSection(record: RunRecord, show: Show): Part[] {
  const { data } = record;
  const checksums = Object.entries(data.checksums);
  return [
    paragraph(dataSentences(record)),
    show(SAMPLES_FIGURE),
    facts([
      ['Origin', data.origin],
      ...(classCount(data) === 0 ? [] : [['Classes', data.classNames.join(', ')] as const]),
    ]),
    checksums.length === 0 ? nothing : html`<details><summary>Checksums</summary>${facts(checksums)}</details>`,
  ];
}

function modelSection(record: RunRecord, trained: readonly TrainedModel[]): Html[] {
  const { options } = record;
  const layers = ({ model }: TrainedModel) =>
    model.layers.map(({ name, type, outputShape, parameters }) => [
      name,
      type,
      outputShape.join(' × '),
      formatCount(parameters),
    ]);
  const groups = new Map<string, TrainedModel[]>();
  for (const each of trained) {
    const text = JSON.stringify(layers(each));
    groups.set(text, [...(groups.get(text) ?? []), each]);
  }
  const noise = `${noiseText(options)}, ${options.noisePerEpoch ? 'drawn anew for each epoch' : 'the same in every epoch'}`;
  const names = (models: readonly TrainedModel[]) => joined(models.map(({ name }) => name));
  const denoising = trained.filter(({ denoises }) => denoises);
  return [
    paragraph([
      ...trained
        .filter(({ denoises }) => !denoises)
        .map(
          ({ key, name }) =>
            `The ${name} learns to give back its input${key === 'cae' ? ' through a smaller latent space' : ''}.`,
        ),
      ...(denoising.length > 0
        ? [
            `The ${names(denoising)} ${denoising.length > 1 ? 'are' : 'is'} given the image under ${noise}, and ${denoising.length > 1 ? 'learn' : 'learns'} to give back the clean one.`,
          ]
        : []),
      ...[...groups.values()]
        .filter((group) => group.length > 1)
        .map((group) =>
          group.length === trained.length && group.length === 2
            ? 'Both have the same layers.'
            : `The ${names(group)} have the same layers.`,
        ),
    ]),
    ...[...groups.values()].map((group) =>
      table(
        `Layers of the ${names(group)}, ${counted(group[0].model.parameters, 'parameter')} in all`,
        ['Layer', 'Type', 'Output', 'Parameters'],
        layers(group[0]),
        2,
      ),
    ),
  ];
}

function trainingSection(record: RunRecord, show: Show): Part[] {
  const { options } = record;
  return [
    paragraph([
      `${counted(options.epochs, 'epoch')} in batches of ${formatCount(options.batchSize)} at a learning rate of ${formatNumber(options.learningRate, 1)}, on ${counted(options.threads, 'thread')}, seed ${options.seed}.`,
    ]),
    ...trainedModels(record).flatMap((each) => {
      const { key, name, model } = each;
      return [
        html`<h3>${name}</h3>`,
        paragraph([
          ...trainingSentences(name, model.history),
          ...stoppedSentences(name, model.history.loss.length, record),
          ...(Number.isFinite(model.imagesPerSecond)
            ? [`Training ran at ${formatCount(Math.round(model.imagesPerSecond))} images a second.`]
            : []),
        ]),
        show(figureName(key, 'loss')),
        epochTable(each, objectiveOf(record, each)),
      ];
    }),
  ];
}

/** Whether training ended before its last epoch. */
function stoppedSentences(name: string, epochs: number, { options }: RunRecord): string[] {
  if (options.earlyStopping == null || epochs >= options.epochs) return [];
  return [`The ${name} was trained no further, as its loss had stopped falling; it has the weights of its best epoch.`];
}

function epochTable({ name, model }: TrainedModel, objective: string): Html {
  const { loss, valLoss, seconds } = model.history;
  const number = (value: number | undefined, format: (value: number) => string) =>
    value === undefined ? '–' : format(value);
  const rows = loss.map((value, epoch) => [
    formatCount(epoch + 1),
    formatNumber(value, 4),
    number(valLoss[epoch], (loss) => formatNumber(loss, 4)),
    number(seconds[epoch], formatSeconds),
  ]);
  const head = ['Epoch', 'Training loss', 'Validation loss', 'Time'];
  return html`<details><summary>Each epoch of the ${name}</summary>${table(lossesText(objective), head, rows)}</details>`;
}
