import { parse } from 'parse5';
import { describe, expect, test } from 'vitest';
import { hashOf, policyOf } from '../../test/page-policy.js';
import type { Figure } from '../figures/figure.js';
import { escapeMarkup } from '../text/escape.js';
import { figureBlock } from './figure-block.js';
import { details, facts, list, paragraph, subheading, table } from './html.js';
import { type Page, renderPage } from './render-page.js';

const figure = (name: string, text = 'Shows.'): Figure => ({ name, title: 'A curve', caption: text, svg: '<svg/>' });

function page(changes: Partial<Page> = {}, text = 'Harmless & short'): string {
  return renderPage({
    title: text,
    lead: [text],
    cards: [{ value: '0.97', name: text }],
    sections: [
      { id: 'scores', title: text, body: [paragraph([text]), figureBlock(figure('roc', text)), subheading(text)] },
      {
        id: 'files',
        title: 'Files',
        body: [
          table(text, ['File', 'Score'], [[text, '1']]),
          facts([[text, text]]),
          list([text, text]),
          figureBlock(figure('scores', text)),
          details(text, [list([text])]),
        ],
      },
    ],
    footer: text,
    ...changes,
  });
}

test('figures are numbered by their places in the page', () => {
  const captions = [...page().matchAll(/<figure id="([^"]*)".*?<b>Figure (\d)\.<\/b>/gs)].map(([, ...rest]) => rest);
  expect(captions).toEqual([
    ['figure-roc', '1'],
    ['figure-scores', '2'],
  ]);
});

test('a page fetches nothing, runs nothing, and links to its sections', () => {
  const text = page();
  expect(policyOf(text)).toEqual({
    'default-src': "'none'",
    'img-src': 'data:',
    'style-src': hashOf(text, 'style'),
    'base-uri': "'none'",
    'form-action': "'none'",
  });
  expect(text).not.toContain('<script');
  expect([...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, to]) => to.slice(0, 8))).toEqual([
    '#scores',
    '#files',
    'data:ima',
    'data:ima',
  ]);
});

describe('what may be left out', () => {
  test('is not there', () => {
    const text = page({ cards: [], lead: [] });
    expect(text).not.toMatch(/class="(?:cards|meta|warning)"/);
  });

  test('is there if it is given', () => {
    const text = page({ meta: 'Made on a Tuesday', synthetic: true, generator: 'Weft 9' });
    expect(text).toContain('<p class="meta">Made on a Tuesday</p>');
    expect(text).toContain('Synthetic stand-in');
    expect(text).toContain('<meta name="generator" content="Weft 9">');
  });
});

test('a page with a table to sort has the script of its policy, which nothing else of it needs', () => {
  const rows = [
    [
      { text: 'a <b>', href: 'trials/a"b/report.html' },
      { text: '1.50', order: 1.5 },
    ],
  ];
  const body = [table('Trials', ['Trial', 'Score'], rows, 1, { sortable: true })];
  const text = page({ sections: [{ id: 'trials', title: 'Trials', body }] });
  expect(text).toContain('<td data-order="1.5">1.50</td>');
  expect(text).toContain('<a href="trials/a&quot;b/report.html">a &lt;b&gt;</a>');
  expect(policyOf(text)['script-src']).toBe(hashOf(text, 'script'));
  const plain = page({
    sections: [{ id: 'trials', title: 'Trials', body: [table('Trials', ['Trial', 'Score'], rows)] }],
  });
  expect(plain).not.toContain('<script');
});

test('texts in every place stay text', () => {
  const elements = (text: string) =>
    JSON.stringify(parse(page({}, text)), (key, value) =>
      ['parentNode', 'value', 'sourceCodeLocation'].includes(key) ? undefined : value,
    );
  for (const hostile of [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onclick='x",
    '</style>',
    '-->',
  ]) {
    expect(elements(hostile)).toBe(elements('plain'));
    expect(page({}, hostile)).toContain(escapeMarkup(hostile));
  }
});

test('ids that links could not tell apart are refused', () => {
  const section = (id: string, name = id) => ({ id, title: 'T', body: [figureBlock(figure(`f-${name}`))] });
  expect(() => page({ sections: [section('a'), section('a', 'b')] })).toThrow('"a" comes twice');
  expect(() => page({ sections: [section('a', 'x'), section('b', 'x')] })).toThrow('"figure-f-x" comes twice');
  expect(() => page({ sections: [section('A b')] })).toThrow('the id of a section is "A b"');
});
