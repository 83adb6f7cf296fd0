import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inChromium, openBrowser } from '../support/browser/chromium.js';
import { openWeb, webFiles } from '../support/browser/web.js';
import { differenceOf } from '../support/docstrings/compare.js';
import { allExamples, moduleOf } from '../support/docstrings/examples.js';
import type { Check } from '../support/docstrings/recorder.js';

/** Examples of `@weft/web`, but the one that loads its page anew, which has a test of its own. */
const examples = allExamples().filter(({ packageName, name }) => packageName === 'web' && name !== 'isolatePage');

/** Keeps what examples give, where the test finds it. */
const RECORDER = `
  globalThis.checks = [];
  const plain = (value) => ArrayBuffer.isView(value) ? [...value] : value;
  export const recorderOf = () => ({
    check(value, said) {
      checks.push({ said, value: plain(value) });
      return value;
    },
    console,
  });
`;

/** An example as a module of a page, in which all names come from one file. */
function scriptOf(example: (typeof examples)[number]): string {
  const module = moduleOf(example, '/recorder.js').replace(/import type [^;]*;/g, '');
  return module.replace(/from "[^"]*\/src\/[^"]*"/g, 'from "/weft.js"');
}

/** The first program that a page of the docs shows. */
function programOf(path: string): string {
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const [, program] = /```js\n([\s\S]*?)```/.exec(text) as RegExpExecArray;
  return program.replace("'@weft/web'", "'/weft.js'");
}

const DATA = `
  const pixels = Uint8Array.from({ length: 40 * 784 }, (_, at) => at % 251);
  const labels = Int32Array.from({ length: 40 }, (_, at) => at % 10);
`;

inChromium('the examples of @weft/web', async () => {
  const browser = await openBrowser();

  test.each(['docs/BROWSER.md', 'packages/web/README.md'])('on the page %s run', async (path) => {
    const files = { ...webFiles(), '/example.js': `${DATA}${programOf(path)}` };
    const { page, problems, close } = await openWeb(browser, { isolated: true, files });
    await page.evaluate("import('/example.js').then(() => {})");
    expect(problems).toEqual([]);
    await close();
  });

  test('are there', () => {
    expect(examples.length).toBeGreaterThan(8);
  });

  test.each(examples)('run in a page and give what they say: $name', async (example) => {
    const files = { ...webFiles(), '/recorder.js': RECORDER, '/example.js': scriptOf(example) };
    const { page, problems, close } = await openWeb(browser, { isolated: true, files });
    const checks: Check[] = await page.evaluate("import('/example.js').then(() => globalThis.checks)");
    expect(checks.flatMap((check) => differenceOf(check) ?? [])).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });
});
