import { kebab } from '../arguments/table.js';
import { FIGURE_FILES, RUN_FILES } from '../run/directory.js';
import { printable } from '../terminal/text.js';
import type { FoundRun } from './find-runs.js';
import { isTrained, type ModelProgress, modelsOf } from './model-progress.js';
import { resumption } from './resumption.js';
import type { RunContents } from './run-reader.js';
import type { ModelView, RunState, RunSummary, RunView } from './views.js';

/** What has become of a run. */
function stateOf({ record, holder }: RunContents): RunState {
  if (record) return 'finished';
  if (holder === 'alive') return 'running';
  return holder === 'elsewhere' ? 'elsewhere' : 'interrupted';
}

/** A run in a line. */
export function summaryOf(run: FoundRun, contents: RunContents, models = modelsOf(contents)): RunSummary {
  const { options, record, changedAt } = contents;
  const state = stateOf(contents);
  const current = currentModel(contents, models);
  const last = current?.rows.at(-1);
  return {
    id: run.id,
    name: printable(run.name),
    state,
    status: statusOf(state, contents, models),
    done: doneOf(state, contents, models),
    loss: current?.pace?.loss ?? last?.loss ?? null,
    valLoss: last?.valLoss ?? null,
    models: models.map(({ title }) => title),
    dataset: printable(options?.run.dataset ?? record?.dataset ?? '') || null,
    // File systems know times that no date can say.
    changedAt: changedAt && !Number.isNaN(changedAt.getTime()) ? changedAt.toISOString() : null,
  };
}

/** All of a run, but for the samples of its models. */
export function runView(
  run: FoundRun,
  contents: RunContents,
  withSamples: (model: ModelProgress) => Pick<ModelView, 'samples' | 'samplesNote'>,
): RunView {
  const { files, problems, record } = contents;
  const models = modelsOf(contents);
  const summary = summaryOf(run, contents, models);
  const titles = figureTitles(record?.figures);
  const figures = FIGURE_FILES.filter((file) => file.endsWith('.svg') && files.has(file)).map((file) => {
    const name = file.slice(RUN_FILES.figures.length + 1, -'.svg'.length);
    return { file: `${RUN_FILES.figures}/${name}.svg`, title: titles.get(name) ?? name.replace('figure-', 'Figure ') };
  });
  const opened = [
    { title: 'Report', file: RUN_FILES.report },
    { title: 'Losses of all epochs as CSV', file: RUN_FILES.metrics },
    { title: 'Record as JSON', file: RUN_FILES.record },
  ];
  return {
    summary,
    models: models.map((model) => ({ ...model, ...withSamples(model) })),
    options: optionsOf(contents),
    files: opened.filter(({ file }) => files.has(file)),
    figures,
    resume: summary.state === 'interrupted' ? resumption(run.path, contents, models) : null,
    problems,
  };
}

/** Titles of figures by their names, from a record that may come from anywhere. */
function figureTitles(figures: unknown): ReadonlyMap<string, string> {
  const named = (Array.isArray(figures) ? figures : []).flatMap((figure): [string, string][] => {
    const { name, title } = (figure ?? {}) as Record<string, unknown>;
    return typeof name === 'string' && typeof title === 'string' ? [[name, title]] : [];
  });
  return new Map(named);
}

function statusOf(state: RunState, contents: RunContents, models: readonly ModelProgress[]): string {
  const model = currentModel(contents, models);
  const place = (of: ModelProgress) =>
    `${of.title}, epoch ${Math.max(of.pace?.epoch ?? 0, of.done)}${of.epochs === null ? '' : ` of ${of.epochs}`}`;
  if (state === 'finished') return 'Finished';
  if (state === 'elsewhere') return 'Running on another machine, as far as can be told from here';
  if (state === 'interrupted') {
    if (!contents.options) return 'Interrupted before its first step';
    return model && (model.pace || model.done > 0) ? `Interrupted: ${place(model)}` : 'Interrupted';
  }
  if (model?.pace) return `Training ${place(model)}`;
  if (!contents.options) return 'Reading the data';
  return models.every((each) => isTrained(each, contents))
    ? 'Testing the models and drawing the figures'
    : 'Preparing the training';
}

/** The model that is trained, or was last. */
function currentModel({ progress }: RunContents, models: readonly ModelProgress[]): ModelProgress | undefined {
  return models.find(({ key }) => key === progress?.model) ?? models.filter(({ done }) => done > 0).at(-1) ?? models[0];
}

function doneOf(state: RunState, contents: RunContents, models: readonly ModelProgress[]): number | null {
  if (state === 'finished') return 1;
  if (models.length === 0 || models.some(({ epochs }) => !epochs)) return null;
  const parts = models.map((model) => {
    if (isTrained(model, contents)) return 1;
    const { done, pace, epochs } = model;
    const within = pace && pace.imagesInEpoch > 0 ? pace.epoch - 1 + pace.images / pace.imagesInEpoch : 0;
    return Math.min(1, Math.max(done, within) / (epochs as number));
  });
  return parts.reduce((sum, part) => sum + part, 0) / parts.length;
}

function optionsOf({ options, record }: RunContents): [string, string][] {
  const values: Readonly<Record<string, unknown>> = { ...(options?.options ?? record?.options ?? {}) };
  const path = options?.run.dataPath;
  const shown = Object.entries(path === undefined ? values : { ...values, data: path });
  return shown
    .filter(([, value]) => value !== undefined && value !== null && value !== false && typeof value !== 'object')
    .map(([name, value]) => [`--${kebab(name)}`, value === true ? '' : String(value).slice(0, 500)]);
}
