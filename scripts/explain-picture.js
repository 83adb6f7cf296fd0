// Draws what `weft explain` prints as a picture for the documentation: node scripts/explain-picture.js
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commandLine } from './command-line.js';

const COMMAND = fileURLToPath(new URL('../packages/cli/bin/weft.js', import.meta.url));
const PICTURE = new URL('../docs/images/explain.svg', import.meta.url);

commandLine({
  name: 'node scripts/explain-picture.js',
  about: 'Draws what weft explain prints as docs/images/explain.svg. Build first.',
});

const [LETTER, LINE, MARGIN, BAR] = [8, 19, 24, 40];
const INK = {
  paper: '#ffffff',
  bar: '#e6e6ea',
  plain: '#1b1b1f',
  muted: '#55565c',
  name: '#0b4f8a',
  number: '#117733',
};
const FONT = "'DejaVu Sans Mono', Menlo, Consolas, monospace";

/** @type {(text: string) => string} */
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * The words of a line that stand together, each at its column: so columns stay columns in any font.
 *
 * @type {(line: string) => { column: number, text: string }[]}
 */
const runsOf = (line) => [...line.matchAll(/\S+(?: \S+)*/g)].map(({ index, 0: text }) => ({ column: index, text }));

/** Headings are bold, paragraphs are not; in tables the names, the numbers and the sentences differ. */
function styleOf(/** @type {string} */ line, /** @type {string} */ text, /** @type {number} */ which) {
  if (/^\$|:$|^(?:CAE|Phase \d+):/.test(line)) return `fill="${INK.plain}" font-weight="bold"`;
  if (!line.startsWith(' ')) return `fill="${INK.plain}"`;
  if (/^(?:\d[\d,.]*(?: [kMGT]?B?)?|-)$/.test(text)) return `fill="${INK.number}"`;
  const isName = which === 0 && /^ {2}[a-z\d]|^ {2} \d/.test(line);
  return `fill="${isName ? INK.name : INK.muted}"`;
}

const output = execFileSync(process.execPath, [COMMAND, 'explain'], { encoding: 'utf8' });
const lines = ['$ weft explain', '', ...output.trimEnd().split('\n')];
const width = 2 * MARGIN + LETTER * Math.max(...lines.map((line) => line.length));
const height = BAR + 2 * MARGIN + LINE * lines.length;
const texts = lines.flatMap((line, row) =>
  runsOf(line).map(({ column, text }, which) => {
    const place = `x="${MARGIN + LETTER * column}" y="${BAR + MARGIN + LINE * (row + 0.7)}"`;
    // Letters of another font are set as far apart as those of this one.
    const length = `textLength="${LETTER * text.length}" lengthAdjust="spacingAndGlyphs"`;
    return `<text ${place} ${length} ${styleOf(line, text, which)}>${escaped(text)}</text>`;
  }),
);
const dots = ['#cc6677', '#ddcc77', '#44aa99'].map(
  (fill, which) => `<circle cx="${MARGIN + 20 * which}" cy="${BAR / 2}" r="6" fill="${fill}"/>`,
);
mkdirSync(new URL('.', PICTURE), { recursive: true });
writeFileSync(
  PICTURE,
  [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title" font-family="${FONT}" font-size="13">`,
    '<title id="title">What weft explain prints of the convolutional autoencoder</title>',
    `<rect width="${width}" height="${height}" rx="10" fill="${INK.paper}" stroke="${INK.bar}"/>`,
    `<path d="M0 ${BAR}V10a10 10 0 0 1 10-10H${width - 10}a10 10 0 0 1 10 10V${BAR}z" fill="${INK.bar}"/>`,
    ...dots,
    ...texts,
    '</svg>',
    '',
  ].join('\n'),
);
