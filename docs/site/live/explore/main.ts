import { element } from '../shared/element.js';
import { onDropped, onPicked } from '../shared/given-files.js';
import { Latest } from '../shared/latest.js';
import { startPage } from '../shared/page.js';
import { remote } from '../shared/remote.js';
import { announce, guarded, say, sayError } from '../shared/status.js';
import type { ExplorerCalls } from './calls.js';
import { neighboursOf, showDecoded, showImage, showNothing } from './details.js';
import { type Explored, errorText, explored, imageName, percent } from './explored.js';
import { factsText } from './facts.js';
import { Filters } from './filters.js';
import { Gestures } from './gestures.js';
import { ImageList } from './list.js';
import { Scatter } from './scatter.js';
import type { Place } from './view.js';

/** What the site shows before the visitor opens a file. */
const EXAMPLE = '../models/explore.safetensors';

const explorer = remote<ExplorerCalls>(
  new Worker(new URL('../workers/explorer.ts', import.meta.url), { type: 'module' }),
);
const canvas = element('points', HTMLCanvasElement);
const look = element('look', HTMLButtonElement);
const decode = element('decode', HTMLButtonElement);
let current: Explored | undefined;
let picked: number | undefined;
let looked: number | undefined;

const scatter = new Scatter(canvas, element('marks', HTMLCanvasElement));
const list = new ImageList(choose);
const filters = new Filters((of) => {
  const shown = of.points.isShown.reduce((sum, each) => sum + each, 0);
  element('shown', HTMLParagraphElement).textContent =
    `${shown.toLocaleString('en')} of ${of.exploration.count.toLocaleString('en')} pictures`;
  scatter.filtered();
  list.show(of);
});

const decoded = new Latest<Place>(async (place) => {
  const bytes = await explorer.decode(place.x, place.y);
  // The mode, or the file, may have changed meanwhile.
  if (!current || !isDecoding()) return;
  const { x, y } = scatter.screenOf(place);
  showDecoded(current, bytes, scatter.pointAt({ x, y }, Number.POSITIVE_INFINITY));
}, sayError);

const gestures = new Gestures(canvas, scatter, {
  onLook(point) {
    if (point === looked || isDecoding()) return;
    looked = point;
    scatter.mark({ looked });
    showChosen();
    if (point !== undefined && current && canvas.matches(':focus-visible')) announce(spoken(current, point));
  },
  onPick: (point) => pick(point === picked ? undefined : point),
  onPlace: (place) => decoded.give(place),
});

const isDecoding = () => decode.getAttribute('aria-pressed') === 'true';

const spoken = (of: Explored, image: number) =>
  `${imageName(of, image)}, error ${errorText(of.exploration.errors[image])}`;

/** Keeps an image in the details; undefined lets it go. */
function pick(image: number | undefined): void {
  picked = image;
  const neighbours = current && image !== undefined ? neighboursOf(current, image) : [];
  scatter.mark({ picked, neighbours });
  showChosen();
  if (current && image !== undefined) announce(`Kept: ${spoken(current, image)}`);
}

/** Keeps an image that was chosen elsewhere than in the plane, and shows where it lies. */
function choose(image: number): void {
  if (!current) return;
  setDecoding(false);
  looked = undefined;
  scatter.mark({ looked });
  scatter.reveal({ x: current.points.xs[image], y: current.points.ys[image] });
  pick(image);
  // What was chosen by keyboard may be gone with the details of another image.
  element('details-title', HTMLHeadingElement).focus({ preventScroll: true });
}

let isShowing = false;

/** Shows an image in the next frame: a pointer passes many in one, and each would be laid out. */
function showChosen(): void {
  if (isShowing) return;
  isShowing = true;
  requestAnimationFrame(() => {
    isShowing = false;
    const image = looked ?? picked;
    if (isDecoding()) return;
    if (!current || image === undefined) showNothing();
    else showImage(current, image, choose);
  });
}

function setDecoding(decodes: boolean): void {
  if (decodes === isDecoding()) return;
  decode.setAttribute('aria-pressed', String(decodes));
  look.setAttribute('aria-pressed', String(!decodes));
  element('look-help', HTMLSpanElement).hidden = decodes;
  element('decode-help', HTMLSpanElement).hidden = !decodes;
  looked = undefined;
  gestures.setDecoding(decodes);
  if (!decodes) pick(picked);
  else scatter.mark({ picked: undefined, neighbours: [] });
}

async function open(source: File | string): Promise<void> {
  say('Opening…');
  const opened = explored(await explorer.open(source));
  setDecoding(false);
  current = opened;
  const { noDecoder, points, exploration } = opened;
  element('facts', HTMLParagraphElement).textContent = factsText(
    opened,
    source instanceof File ? source.name : undefined,
  );
  const [first, second = 0] = exploration.explainedVarianceRatio;
  element('axes', HTMLParagraphElement).textContent =
    `Right: principal component 1 with ${percent(first)} of the variance. Up: component 2 with ${percent(second)}.`;
  decode.disabled = noDecoder !== undefined;
  scatter.set(points);
  filters.set(opened);
  pick(undefined);
  say(noDecoder ?? '');
}

/** The file that the page's address names, or the example of this site. */
function firstFile(): string {
  const asked = new URL(location.href).searchParams.get('file');
  if (asked === null) return new URL(EXAMPLE, document.baseURI).href;
  const address = new URL(asked, document.baseURI);
  if (address.origin === location.origin) return address.href;
  // What is no address of a server, such as data:, has no origin.
  const place = address.origin === 'null' ? address.protocol : address.origin;
  throw new Error(
    `The address names a file of ${place}, but this page opens files of its own site alone. Download it, and open it here.`,
  );
}

const openGiven = guarded(async ([file]: readonly File[]) => open(file));
onPicked(element('file', HTMLInputElement), openGiven);
onDropped(element('board', HTMLDivElement), openGiven);
look.addEventListener('click', () => setDecoding(false));
decode.addEventListener('click', () => setDecoding(true));
element('closer', HTMLButtonElement).addEventListener('click', () => scatter.zoom(1.5));
element('farther', HTMLButtonElement).addEventListener('click', () => scatter.zoom(1 / 1.5));
element('all', HTMLButtonElement).addEventListener('click', () => scatter.showAll());
startPage(EXAMPLE);
await guarded(async () => open(firstFile()))(undefined);
