import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parse, parseFragment } from 'parse5';
import { describe, expect, test } from 'vitest';
import { drawFigures, type Figure, parseRunRecord, type RunRecord, renderReport } from '../src/index.js';
import { exampleInputs, exampleRecord } from './example-run.js';

type Node = DefaultTreeAdapterTypes.Node;

/** Texts that would be markup, or leave an attribute, an element or a comment, if they were not escaped. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '</title></style></svg><img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)",
  '--><iframe src="javascript:alert(1)">',
  ']]><b>',
  '&lt;script&gt;',
  '<!--',
  '../../../../etc/passwd',
  'a\u0000b\u001b[2J',
  '\u202e\ud800',
  '__proto__',
];
const anyText = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: fc.constantFrom(...'<>&"\'/=! -a'), maxLength: 12 }),
);

/** Elements with their attributes' names, in the order of the document, without any text. */
function skeleton(node: Node): string[] {
  const own = 'tagName' in node ? [`${node.tagName} ${node.attrs.map(({ name }) => name).join(' ')}`] : [];
  return [...own, ...('childNodes' in node ? node.childNodes.flatMap(skeleton) : [])];
}

/** All texts of a document: its content, and what stands in attributes. */
function textOf(node: Node): string {
  if ('value' in node) return node.value;
  const attributes = 'attrs' in node ? node.attrs.map(({ value }) => value) : [];
  return [...attributes, ...('childNodes' in node ? node.childNodes.map(textOf) : [])].join('\n');
}

/** A copy of JSON in which the strings that may be anything are the given one; keys of checksums, too. */
function withText(value: unknown, text: string, path = ''): unknown {
  if (typeof value === 'string') return FIXED.has(path) ? value : text;
  if (Array.isArray(value)) return value.map((each) => withText(each, text, `${path}[]`));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, withText(each, text, `${path}.${key}`)]);
  if (path === '.data.checksums') return Object.fromEntries([[`file ${text}`, text]]);
  return Object.fromEntries(entries);
}

/** The strings of which only a few are taken. */
const FIXED = new Set(['.dataset', '.options.model', '.options.dataset', '.numerics.mode', '.numerics.kernels']);

const recordWith = (text: string): RunRecord => parseRunRecord(JSON.stringify(withText(exampleRecord(), text)));
const harmless = 'harmless';

describe("a text in every place of a run's record and of its figures", () => {
  const figure = (text: string): Figure => ({
    name: 'figure-1',
    title: text,
    caption: text,
    svg: `<svg>${text}</svg>`,
  });
  const page = (text: string) => parse(renderReport(recordWith(text), [figure(text)]));
  const expected = skeleton(page(harmless));

  test('adds no element and no attribute to the report, whatever it is', () => {
    expect(expected.length).toBeGreaterThan(100);
    fc.assert(
      fc.property(anyText, (text) => {
        expect(skeleton(page(text))).toEqual(expected);
      }),
    );
  });

  test.each(HOSTILE.slice(0, 8))('is read in the report as the text that it is: %s', (text) => {
    const count = (document: Node, part: string) => textOf(document).split(part).length - 1;
    expect(count(page(text), text)).toBeGreaterThanOrEqual(count(page(harmless), harmless));
  });

  test.each(HOSTILE)('that is %j leads to no address but those within the page', (text) => {
    const targets = [...renderReport(recordWith(text), [figure(text)]).matchAll(/ (?:src|href|action)="([^"]*)"/g)];
    expect(targets.length).toBeGreaterThan(1);
    expect(targets.filter(([, target]) => !/^(#[a-z]+|data:image\/svg\+xml;base64,[\w+/=]*)$/.test(target))).toEqual(
      [],
    );
  });
});

describe('a text that is the name of a class or of the data', () => {
  const figures = (text: string) => {
    const inputs = exampleInputs({ classNames: [text, `${text} 2`, harmless] });
    return drawFigures({ ...inputs, dataset: { ...inputs.dataset, name: text } });
  };
  const documents = (text: string) => figures(text).map(({ svg }) => parseFragment(svg));
  const expected = documents(harmless).map(skeleton);

  test('adds no element and no attribute to a figure, whatever it is', () => {
    expect(expected).toHaveLength(8);
    fc.assert(
      fc.property(anyText, (text) => {
        expect(documents(text).map(skeleton)).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  test.each(HOSTILE)('that is %j leaves the names of the figures, which become names of files, as they are', (text) => {
    expect(figures(text).map(({ name }) => name)).toEqual(figures(harmless).map(({ name }) => name));
  });
});
