import { beforeAll, describe, expect, test } from 'vitest';
import { exampleInputs, exampleModel, exampleRecord } from '../../test/example-run.js';
import { hashOf, policyOf } from '../../test/page-policy.js';
import { drawFigures } from '../figures/draw-figures.js';
import type { Figure } from '../figures/figure.js';
import { parseRunRecord, recordText } from '../record/run-record.js';
import { renderReport } from './render-report.js';

let figures: Figure[];
let page: string;

beforeAll(() => {
  figures = drawFigures(exampleInputs());
  page = renderReport(exampleRecord(), figures);
});

/** Scripts and their data are no markup. */
const markupOf = (html: string) => html.replaceAll(/<script.*?<\/script>/gs, '');
/** Base64 may spell anything. */
const withoutFigures = (html: string) => markupOf(html).replaceAll(/base64,[^"]*/g, '');

/** Elements left open or closed without being open; none in a page whose tags are in order. */
function strayTags(html: string): string[] {
  const open: string[] = [];
  const stray: string[] = [];
  const tags = markupOf(html)
    .replace(/<style>.*?<\/style>/s, '')
    .matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g);
  for (const [, closing, name] of tags) {
    if (['meta', 'img'].includes(name)) continue;
    if (!closing) open.push(name);
    else if (open.pop() !== name) stray.push(name);
  }
  return [...stray, ...open];
}

describe('the page', () => {
  test('holds all eight figures as images, each a whole SVG', () => {
    const sources = [...page.matchAll(/<img src="data:image\/svg\+xml;base64,([^"]+)" alt="[^"]+">/g)];
    const embedded = sources.map(([, base64]) => Buffer.from(base64, 'base64').toString());
    expect(new Set(embedded)).toEqual(new Set(figures.map(({ svg }) => svg)));
    for (let number = 1; number <= 8; number++) expect(page).toContain(`<b>Figure ${number}.</b>`);
  });

  test('says of images that equal their targets that their PSNR is infinite, which is no number of decibels', () => {
    const zero = { mean: 0, median: 0, p95: 0, max: 0, standardDeviation: 0, skewness: Number.NaN };
    const faultless = { ...exampleModel(), testError: zero, psnr: { mean: Infinity }, ssim: { mean: 1 } };
    const read = parseRunRecord(recordText(exampleRecord({ models: { cae: faultless } })));
    const text = renderReport(read, []);
    expect(text).toContain('The CAE gives back every test image without any error.');
    expect(text).toContain('mean PSNR is infinite, because at least one test image comes back without any error.');
    expect(text).toContain('<strong>infinite</strong><span>CAE: mean PSNR</span>');
    expect(text).not.toMatch(/infinite dB|null|grey levels/);
  });

  test('needs no network, and runs one script alone, which its policy allows by its hash', () => {
    expect(policyOf(page)).toMatchObject({ 'default-src': "'none'", 'script-src': hashOf(page, 'script') });
    expect(page.match(/<script>/g)).toHaveLength(1);
    expect(page.match(/<script type="application\/json">/g)).toHaveLength(5);
    expect(page.match(/<script/g)).toHaveLength(6);
    expect(markupOf(page)).not.toMatch(/<link|<iframe|@import|url\(/i);
    for (const [, target] of page.matchAll(/(?:src|href)="([^"]*)"/g)) expect(target).toMatch(/^(?:data:|#)/);
  });

  test('has its tags in order, a link for each part, and a language', () => {
    expect(strayTags(page)).toEqual([]);
    const links = [...page.matchAll(/href="#([^"]+)"/g)];
    expect(links.length).toBeGreaterThan(3);
    for (const [, id] of links) expect(page).toContain(`<section id="${id}"`);
    expect(page).toMatch(/<html lang="en-GB">/);
  });

  test('has a style for dark screens and for paper', () => {
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page).toContain('@media print');
  });

  test("holds the run's numbers", () => {
    for (const text of ['0.00360', '0.0122', '74,497', '48,000', '5 min 00 s', '412 MB', 'abababab', '6,012']) {
      expect(page).toContain(text);
    }
    expect(withoutFigures(page)).not.toMatch(/undefined|NaN|\[object/);
  });

  test('is the same for the same run', () => {
    expect(renderReport(exampleRecord(), figures)).toBe(page);
  });
});

test('text from the data can do nothing: it comes out as text', () => {
  const hostile = `</title></style><script>alert(1)</script><img src=x onerror="alert(2)">'`;
  const record = exampleRecord();
  const model = { ...exampleModel(), weightsSha256: hostile };
  const text = renderReport(
    {
      ...record,
      startedAt: hostile,
      versions: { weft: hostile, node: hostile, v8: hostile },
      machine: { cores: 1, cpuModel: hostile },
      data: { ...record.data, origin: hostile, classNames: [hostile], checksums: { [hostile]: hostile } },
      models: { cae: { ...model, layers: [{ name: hostile, type: hostile, outputShape: [1], parameters: 1 }] } },
    },
    [{ name: 'figure-1', title: hostile, caption: hostile, svg: `<svg>${hostile}</svg>` }],
  );
  expect(text).not.toMatch(/<script|<img src=x/);
  expect(text).toContain('&lt;script&gt;alert(1)');
  expect(strayTags(text)).toEqual([]);
});

test('a stand-in is named before anything else, and real data are not called one', () => {
  const { data } = exampleRecord();
  const text = renderReport(exampleRecord({ dataset: 'synthetic', data: { ...data, synthetic: true } }), figures);
  expect(text.indexOf('Synthetic stand-in, not Fashion-MNIST.')).toBeLessThan(text.indexOf('<nav'));
  expect(page).not.toContain('stand-in');
});

test('a run of one model says which figures are missing and compares nothing', () => {
  const drawn = figures.filter(({ name }) => ['figure-1', 'figure-5', 'figure-6', 'figure-8'].includes(name));
  const text = renderReport(exampleRecord({ models: { cdae: exampleModel() }, latent: undefined }), drawn);
  expect(text).toContain('Figures 2, 3, 4 and 7 are missing: the CAE was not trained in this run.');
  expect(text).not.toContain('id="comparison"');
  expect(text).not.toContain('Reconstruction (CAE)');
});

test('runs without any model, figure or finite number still make a page', () => {
  const nan = Number.NaN;
  const error = { mean: nan, median: nan, p95: nan, max: nan, standardDeviation: nan, skewness: nan };
  const broken = {
    ...exampleModel(),
    testError: error,
    psnr: { mean: nan },
    ssim: { mean: nan },
    history: { loss: [nan], valLoss: [nan], seconds: [nan] },
    imagesPerSecond: nan,
  };
  for (const models of [{}, { cae: broken, cdae: broken }]) {
    const latent = { explainedVarianceRatio: [nan], nearestNeighbourPurity: nan };
    const text = renderReport(exampleRecord({ models, latent }), []);
    expect(strayTags(text)).toEqual([]);
    expect(text).not.toMatch(/NaN|undefined/);
  }
});

test('the report of 10,000 test images stays below 4 MB', () => {
  const inputs = exampleInputs({ testCount: 10_000, height: 28, width: 28 });
  expect(renderReport(exampleRecord(), drawFigures(inputs)).length).toBeLessThan(4e6);
});
