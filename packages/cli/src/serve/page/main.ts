import type { RunList, RunView } from '../views.js';
import { say } from './dom.js';
import { ListPage } from './list-page.js';
import { type Answer, poll } from './poll.js';
import { RunPage } from './run-page.js';

/** Milliseconds between questions: while something runs, and otherwise. */
const [SOON, LATER] = [1000, 4000];

const main = document.getElementById('main') as HTMLElement;
const connection = document.getElementById('connection') as HTMLElement;

/** Says what keeps the page from being new; nothing if nothing does. */
function tell<Value>(answer: Answer<Value>): void {
  const text =
    answer.kind === 'value'
      ? ''
      : answer.kind === 'silent'
        ? 'weft serve does not answer any more. What is shown is what was known last; start it again and open the address that it prints.'
        : answer.message;
  say(connection, text);
}

const [, id] = /^\/runs\/([0-9a-f]+)/.exec(location.pathname) ?? [];
if (id === undefined) {
  const page = new ListPage(main);
  poll<RunList>('/api/runs', (answer) => {
    tell(answer);
    if (answer.kind !== 'value') return LATER;
    page.update(answer.value);
    return answer.value.runs.some(({ state }) => state === 'running') ? SOON : LATER;
  });
} else {
  const page = new RunPage(main, `/runs/${id}`);
  poll<RunView>(`/api/runs/${id}`, (answer) => {
    tell(answer);
    if (answer.kind !== 'value') return LATER;
    page.update(answer.value);
    return answer.value.summary.state === 'running' ? SOON : LATER;
  });
}
