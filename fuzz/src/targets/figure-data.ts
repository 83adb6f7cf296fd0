import type { RandomStream } from '@weft/core';
import { type FigureData, figureBlock, figureDataText, parseFigureData, renderPage } from '@weft/report';
import { between, HOSTILE_TEXTS, happens, mutate, pick } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import { type Drawn, mustHold, type Target } from '../target.js';

/** What the reader says of a text that is no data of a figure. */
class Refused extends Error {}

const anyText = (random: RandomStream) => (happens(random, 0.5) ? pick(random, HOSTILE_TEXTS) : 'a text');
const anyNumber = (random: RandomStream) => pick(random, [0, 1e-7, 0.0036, 0.5, 1, 25.1, -6012.3]);
const anyValue = (random: RandomStream) => (happens(random, 0.1) ? Number.NaN : anyNumber(random));
const many = <Value>(random: RandomStream, value: () => Value, least = 0) =>
  Array.from({ length: between(random, least, 5) }, value);

function anyFrame(random: RandomStream) {
  const axis = () => ({
    title: anyText(random),
    domain: [anyNumber(random), anyNumber(random)] as const,
    ticks: many(random, () => anyNumber(random)),
    logarithmic: happens(random, 0.3),
  });
  return { area: { left: 112, right: 972, top: 16, bottom: 420 }, height: 494, x: axis(), y: axis() };
}

function anyLines(random: RandomStream): FigureData {
  const point = () => ({ x: anyNumber(random), y: anyValue(random) });
  const series = () => ({
    text: anyText(random),
    colour: '#0b4f8a',
    ...(happens(random, 0.3) && { dashes: '7 4' }),
    mark: pick(random, ['disc' as const, 'square' as const, { shape: random.integer(12) }]),
    points: many(random, point),
  });
  const marks = () => ({ kind: pick(random, ['ring', 'target'] as const), text: anyText(random), ...point() });
  return { kind: 'lines', ...anyFrame(random), series: many(random, series), marks: many(random, marks) };
}

function anyBars(random: RandomStream): FigureData {
  const heights = many(random, () => anyValue(random), 1);
  const image = () => ({ index: random.integer(100), error: anyNumber(random), className: anyText(random) });
  const errorColours = '000000'.repeat(256);
  const pictures = {
    ...{ titles: [anyText(random), anyText(random)], height: 1, width: 1, png: 'iVBORw0KGgo=', errorColours },
    images: many(random, image),
  };
  return {
    ...{ kind: 'bars', ...anyFrame(random), heights, counts: heights, edges: [0, ...heights] },
    ...(happens(random, 0.7) && { pictures }),
  };
}

function anyPoints(random: RandomStream): FigureData {
  const count = random.integer(5);
  const numbers = () => Array.from({ length: count }, () => anyValue(random));
  const group = (name: string) => ({ name, colour: '#332288', shape: random.integer(10), mean: [0, 1] as const });
  const members = Array.from({ length: count }, () => random.integer(2));
  return {
    ...{ kind: 'points', ...anyFrame(random), across: numbers(), up: numbers(), members, radius: 2.4 },
    classes: [group(anyText(random)), group(anyText(random))],
  };
}

export const figureData: Target = {
  name: 'figure-data',
  draw(random): Drawn {
    const data = pick(random, [anyLines, anyBars, anyPoints])(random);
    const text = figureDataText(data);
    if (happens(random, 0.25)) return { bytes: Buffer.from(text), expected: data };
    if (happens(random, 0.2)) return { bytes: mutate(Buffer.from(text), random) };
    return { bytes: Buffer.from(mutateJson(JSON.parse(text), random)) };
  },
  read(bytes) {
    const data = parseFigureData(Buffer.from(bytes).toString('utf8'));
    if (data === undefined) throw new Refused('no data of a figure');
    return data;
  },
  use(data) {
    const figure = { name: 'figure', title: 'A figure', caption: 'Shows.', svg: '<svg/>', data: data as FigureData };
    const sections = [{ id: 'figures', title: 'Figures', body: [figureBlock(figure)] }];
    const page = renderPage({ title: 'A page', lead: [], sections, footer: '' });
    mustHold(page.match(/<script/gi)?.length === 2, 'a text of the data is a script in the page');
    const others = page.replace(/<script>.*?<\/script>/s, '');
    mustHold(!/<(iframe|svg|img src=x)/i.test(others), 'a text of the data is markup in the page');
    mustHold(page.endsWith('</html>\n'), 'the page is not whole');
  },
  isLawful: (error) => error instanceof Refused,
};
