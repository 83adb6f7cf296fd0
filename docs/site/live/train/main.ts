import { element } from '../shared/element.js';
import { onDropped, onPicked } from '../shared/given-files.js';
import { startPage } from '../shared/page.js';
import { announce, guarded, say, sayError } from '../shared/status.js';
import type { TrainerEvent } from './calls.js';
import { showRates, showState } from './controls.js';
import { Curves } from './curves.js';
import { Form } from './form.js';
import { Pace } from './pace.js';
import { showRecipe } from './recipe.js';
import { showSamples } from './samples.js';
import { Session, type State } from './session.js';
import { isAllowed, parseSettings, type Settings, settingsText, withRate } from './settings.js';
import { download, hideWeights, showWeights } from './weights.js';

startPage();

const [curves, pace] = [new Curves(), new Pace()];
const rate = element('learningRate', HTMLInputElement);
const session = new Session(stateChanged, told);
const [kinds, canPause] = await Promise.all([session.trainer.models(), session.trainer.canPause()]).catch((error) => {
  sayError(error);
  throw error;
});
const form = new Form(kinds);
let settings = openSettings();
let file: File | undefined;

function openSettings(): Settings {
  const address = location.hash.slice(1);
  const kept = session.takeUp(address);
  const read = readSettings(kept ?? address);
  if (kept !== undefined) say('The last training was broken off. You can go on with it, or start over.');
  return read;
}

function readSettings(text: string): Settings {
  const read = parseSettings(
    text,
    kinds.map(({ key }) => key),
  );
  const ignored = read.ignored.join(', ');
  say(ignored && `The address has settings that there are not, which have their usual values: ${ignored}.`, 'error');
  return read.settings;
}

/** The visitor has changed the address, or followed a link to a place in the page, such as the content. */
function addressChanged(): void {
  const address = location.hash.slice(1);
  if (document.getElementById(address) === null && address !== settingsText(settings)) {
    if (session.state === 'idle' || session.state === 'finished') {
      settings = readSettings(address);
      form.write(settings);
    } else say('Pause, and start over, to train with other settings.', 'error');
  }
  show();
}

/** Shows the settings wherever they can be seen. */
function show(): void {
  history.replaceState(null, '', `#${settingsText(settings)}`);
  showRates(settings.rates, session.state);
  showRecipe(settings, { denoises: form.kind.denoises, file: file?.name });
}

function stateChanged(state: State): void {
  // The first state comes before there is a form.
  queueMicrotask(() => {
    showState(state, canPause);
    form.lock(state !== 'idle' && state !== 'finished');
    rate.disabled = state === 'loading' || (state === 'paused' && !session.isLoaded);
    showRates(settings.rates, state);
  });
}

function told(event: TrainerEvent): void {
  if (event.event === 'begin') {
    const before = event.epoch * event.steps + event.step;
    curves.begin(event.steps, before, event.past);
    pace.begin(settings.epochs, event.steps, event.count, event.threads, before);
  } else if (event.event === 'steps') {
    curves.addSteps(event.losses);
    pace.show(event.epoch, event.done);
  } else if (event.event === 'epoch') {
    curves.addEpoch(event);
    const { epoch, loss, validationLoss } = event;
    announce(`Epoch ${epoch + 1}: loss ${loss.toPrecision(3)}, validation ${validationLoss.toPrecision(3)}.`);
  } else if (event.event === 'samples') showSamples(event);
  else showWeights(event);
}

async function train(): Promise<void> {
  if (session.state === 'paused') say('');
  else {
    const read = form.read(settings.rates);
    if (!read) return form.complain();
    settings = read;
    say('');
    hideWeights();
  }
  show();
  await session.train(settings, file);
  const text =
    session.state === 'finished' ? 'Training is done.' : 'Training has paused. It goes on with the same bits.';
  say(text);
}

async function changeRate(): Promise<void> {
  const value = rate.valueAsNumber;
  if (!isAllowed('learningRate', value)) return form.complain();
  if (session.state === 'idle' || session.state === 'finished')
    settings = { ...settings, learningRate: value, rates: [] };
  else settings = { ...settings, rates: withRate(settings.rates, await session.setRate(value)) };
  session.remember(settings);
  show();
}

const openFile = guarded(([chosen]: readonly File[]) => {
  if (session.state !== 'idle' && session.state !== 'finished' && session.isLoaded) {
    throw new Error('Pause, and start over, to train on another file.');
  }
  file = chosen;
  settings = { ...settings, data: 'file' };
  if (session.state !== 'paused') form.write(settings);
  element('file-hint', HTMLSpanElement).textContent = `${chosen.name} is chosen.`;
  show();
});

element('settings', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  void guarded(() => (session.state === 'training' ? session.pause() : train()))(undefined);
});
element('over', HTMLButtonElement).addEventListener('click', () => {
  session.forget('idle');
  form.write(settings);
  say('');
  show();
});
form.onChange(() => {
  settings = form.read(settings.rates) ?? settings;
  show();
});
rate.addEventListener('change', guarded(changeRate));
onPicked(element('file', HTMLInputElement), openFile);
onDropped(element('settings', HTMLFormElement), openFile);
element('download', HTMLButtonElement).addEventListener(
  'click',
  guarded(async () => download(await session.trainer.save())),
);

addEventListener('hashchange', addressChanged);

form.write(settings);
stateChanged(session.state);
show();
