import { element } from '../shared/element.js';
import { onDropped, onPicked } from '../shared/given-files.js';
import { Latest } from '../shared/latest.js';
import { startPage } from '../shared/page.js';
import { remote } from '../shared/remote.js';
import { announce, guarded, say, sayError } from '../shared/status.js';
import type { DenoiserCalls, NoisyPicture } from './calls.js';
import { Drawing } from './drawing.js';
import { showExamples } from './examples.js';
import { modelText } from './model.js';
import { resultText, showResult } from './result.js';

const denoiser = remote<DenoiserCalls>(
  new Worker(new URL('../workers/denoiser.ts', import.meta.url), { type: 'module' }),
);
const strength = element('strength', HTMLInputElement);
const strengthValue = element('strength-value', HTMLOutputElement);
let seed = 1;

interface Wish extends NoisyPicture {
  /** Whether the result is told to screen readers: not those on the way, while a slider moves. */
  readonly isTold: boolean;
}

const newest = new Latest<Wish>(async ({ isTold, ...picture }) => {
  const result = await denoiser.denoise(picture);
  showResult(result);
  if (isTold) announce(resultText(result, picture.strength));
}, sayError);

const drawing = new Drawing(() => update());

function update(isTold = false): void {
  strengthValue.value = strength.valueAsNumber.toFixed(2);
  newest.give({ image: drawing.image.slice(), strength: strength.valueAsNumber, seed, isTold });
}

const tell = () => update(true);

async function openPicture([file]: readonly File[]): Promise<void> {
  drawing.set(await denoiser.read(file));
  say('');
}

async function openModel(source: File | string): Promise<void> {
  const facts = await denoiser.load(source);
  element('model-facts', HTMLParagraphElement).textContent = modelText(
    facts,
    source instanceof File ? source.name : undefined,
  );
  say('');
  update();
}

/** Models and pictures may be dropped alike. */
const open = guarded(async ([file]: readonly File[]) =>
  file.name.endsWith('.safetensors') ? openModel(file) : openPicture([file]),
);

strength.addEventListener('input', () => update());
strength.addEventListener('change', tell);
element('reseed', HTMLButtonElement).addEventListener('click', () => {
  seed++;
  tell();
});
element('clear', HTMLButtonElement).addEventListener('click', () => drawing.set(drawing.image.map(() => 0)));
element('invert', HTMLButtonElement).addEventListener('click', () =>
  drawing.set(drawing.image.map((value) => 255 - value)),
);
onPicked(element('picture', HTMLInputElement), open);
onPicked(element('model', HTMLInputElement), open);
onDropped(element('board', HTMLDivElement), open);

startPage();
await guarded(async () => {
  const examples = await denoiser.examples();
  showExamples(examples, ({ image }) => drawing.set(image));
  await openModel(new URL('../models/denoiser.safetensors', document.baseURI).href);
  // Something to see before the visitor has drawn, and no more than that.
  if (drawing.image.every((value) => value === 0)) drawing.set(examples.at(-1)!.image);
})(undefined);
