import { formatCount, formatDuration, formatValue } from '../../terminal/text.js';
import type { ModelView, RunState, RunView } from '../views.js';
import { element, Part, say } from './dom.js';
import { ModelSection } from './model-section.js';
import { stateBadge } from './state-badge.js';

const REPORT = 'report.html';

type Facts = readonly (readonly [string, string])[];

/** A run: how far it is, how its models train, and what it has come to. */
export class RunPage {
  private readonly models = new Map<string, ModelSection>();
  private readonly title = element('h1');
  private readonly badge = new Part(element('span'), (state: RunState) => [stateBadge(state)]);
  private readonly status = element('p', { role: 'status' });
  private readonly progress = element('progress', { max: 1, 'aria-label': 'Part of all epochs that is done' });
  private readonly cards = new Part(element('dl', { class: 'cards' }), (facts: Facts) =>
    facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
  );
  private readonly report: Part<boolean>;
  private readonly resume = new Part(element('section', { class: 'notice' }), resumeNotice);
  private readonly problems = new Part(element('section', { class: 'notice' }), problemNotice);
  private readonly sections = element('div');
  private readonly files: Part<Pick<RunView, 'files' | 'figures'>>;
  private readonly options = new Part(element('section'), optionList);

  /** @param address of the run's files */
  constructor(
    main: HTMLElement,
    private readonly address: string,
  ) {
    this.report = new Part(element('p'), (isThere) => (isThere ? [fileLink(address, REPORT, 'Open the report')] : []));
    this.files = new Part(element('section'), (value) => fileList(value, address));
    main.replaceChildren(
      this.title,
      element('div', { class: 'where' }, this.badge.node, this.status),
      this.report.node,
      this.progress,
      this.cards.node,
      this.resume.node,
      this.problems.node,
      this.sections,
      this.files.node,
      this.options.node,
    );
  }

  update({ summary, models, options, files, figures, resume, problems }: RunView): void {
    const { name, state, status, done } = summary;
    document.title = `${status} – Weft`;
    say(this.title, name === '.' ? 'This run' : name);
    this.badge.update(state);
    say(this.status, status);
    this.progress.hidden = done === null || state === 'finished';
    this.progress.value = done ?? 0;
    this.report.update(files.some(({ file }) => file === REPORT));
    this.cards.update(factsOf(state, models));
    this.resume.update(resume);
    this.problems.update(problems);
    for (const model of models) {
      if (!this.models.has(model.key)) {
        const section = new ModelSection(model, this.address);
        this.models.set(model.key, section);
        this.sections.append(section.node);
      }
      this.models.get(model.key)?.update(model);
    }
    this.files.update({ files, figures });
    this.options.update(options);
  }
}

/** Of the model that is trained the pace. */
function factsOf(state: RunState, models: readonly ModelView[]): Facts {
  const model = models.find(({ pace }) => pace !== null);
  if (!model?.pace || (state !== 'running' && state !== 'elsewhere')) return [];
  const { epoch, images, imagesInEpoch, loss, imagesPerSecond, secondsLeft } = model.pace;
  return [
    ['Epoch', `${epoch}${model.epochs === null ? '' : ` of ${model.epochs}`}`],
    ['Images of it', `${formatCount(images)} of ${formatCount(imagesInEpoch)}`],
    ['Loss so far', loss === null ? 'not a number' : formatValue(loss)],
    ['Images a second', imagesPerSecond === null ? '–' : formatCount(imagesPerSecond)],
    [`Time left (${model.title})`, secondsLeft === null ? '–' : formatDuration(secondsLeft)],
  ];
}

function resumeNotice(resume: RunView['resume']): HTMLElement[] {
  if (!resume) return [];
  return [
    element(
      'p',
      {},
      'No process works on this run any more. This command, in the folder where weft serve runs, goes on:',
    ),
    element('pre', {}, element('code', {}, resume.command)),
    element('p', {}, `It ${resume.effect}`),
  ];
}

const problemNotice = (problems: readonly string[]) => problems.map((problem) => element('p', {}, problem));

function fileList({ files, figures }: Pick<RunView, 'files' | 'figures'>, address: string): HTMLElement[] {
  if (files.length + figures.length === 0) return [];
  const link = (file: string, title: string) => fileLink(address, file, title);
  const drawings = figures.map(({ file, title }) =>
    element(
      'figure',
      {},
      element('img', { src: `${address}/${file}`, alt: title, loading: 'lazy' }),
      element('figcaption', {}, link(file, title)),
    ),
  );
  return [
    element('h2', {}, 'Report and files'),
    element('ul', {}, ...files.map(({ file, title }) => element('li', {}, link(file, title)))),
    element('div', { class: 'figures' }, ...drawings),
  ];
}

/** A stranger's page opens in a tab of its own, which knows nothing of this one. */
function fileLink(address: string, file: string, title: string): HTMLElement {
  return element('a', { href: `${address}/${file}`, target: '_blank', rel: 'noopener noreferrer' }, title);
}

function optionList(options: RunView['options']): HTMLElement[] {
  if (options.length === 0) return [];
  const lines = options.map(([name, value]) =>
    element('div', {}, element('dt', {}, element('code', {}, name)), element('dd', {}, value || 'given')),
  );
  return [element('h2', {}, 'Options'), element('dl', { class: 'options' }, ...lines)];
}
