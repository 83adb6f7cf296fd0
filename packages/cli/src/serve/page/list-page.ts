import { formatValue } from '../../terminal/text.js';
import type { RunList, RunState, RunSummary } from '../views.js';
import { element, Part, say, set } from './dom.js';
import { stateBadge } from './state-badge.js';

/** A line of the list. */
class Row {
  readonly node = element('li');
  private readonly badge = new Part(element('span'), (state: RunState) => [stateBadge(state)]);
  private readonly status = element('p');
  private readonly facts = element('p', { class: 'muted' });
  private readonly progress = element('progress', { max: 1 });

  constructor({ id, name }: RunSummary) {
    const link = element('a', { class: 'name', href: `/runs/${id}` }, name === '.' ? 'This run' : name);
    set(this.progress, { 'aria-label': `Progress of ${name}` });
    this.node.append(element('div', { class: 'line' }, link, this.badge.node), this.status, this.progress, this.facts);
  }

  update({ state, status, done, loss, valLoss, models, dataset, changedAt }: RunSummary): void {
    this.badge.update(state);
    say(this.status, status);
    this.progress.hidden = done === null || state === 'finished';
    this.progress.value = done ?? 0;
    const facts = [
      models.join(', '),
      dataset ?? '',
      loss === null ? '' : `loss ${formatValue(loss)}`,
      valLoss === null ? '' : `validation ${formatValue(valLoss)}`,
      changedAt === null ? '' : `last written ${new Date(changedAt).toLocaleString()}`,
    ];
    say(this.facts, facts.filter(Boolean).join(' · '));
  }
}

const ORDER: readonly RunState[] = ['running', 'elsewhere', 'interrupted', 'finished'];

/** All runs of a folder, those that run first. */
export class ListPage {
  private readonly rows = new Map<string, Row>();
  private readonly about = element('p', { class: 'muted' });
  private readonly status = element('p', { role: 'status' });
  private readonly list = element('ul', { class: 'runs' });
  private order = '';

  constructor(main: HTMLElement) {
    document.title = 'Runs – Weft';
    main.replaceChildren(element('h1', {}, 'Runs'), this.about, this.status, this.list);
  }

  update({ folder, runs, note }: RunList): void {
    say(this.about, [`In ${folder}.`, note ?? ''].join(' ').trim());
    const running = runs.filter(({ state }) => state === 'running').length;
    const counts = `${runs.length === 1 ? '1 run' : `${runs.length} runs`}, ${running === 0 ? 'none' : running} running.`;
    say(this.status, runs.length === 0 ? 'There is no run yet. weft train begins one; it appears here.' : counts);
    // Names begin with the time: the newest come first, as the server gives them.
    const sorted = ORDER.flatMap((each) => runs.filter(({ state }) => state === each));
    for (const run of sorted) {
      if (!this.rows.has(run.id)) this.rows.set(run.id, new Row(run));
      this.rows.get(run.id)?.update(run);
    }
    const order = sorted.map(({ id }) => id).join();
    if (order === this.order) return;
    this.order = order;
    for (const id of this.rows.keys()) if (!sorted.some((run) => run.id === id)) this.rows.delete(id);
    this.list.replaceChildren(...sorted.map(({ id }) => (this.rows.get(id) as Row).node));
  }
}
