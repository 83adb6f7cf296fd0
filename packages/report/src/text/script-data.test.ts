import fc from 'fast-check';
import { expect, test } from 'vitest';
import { elementsOf, textOf } from '../../test/page-policy.js';
import { scriptData } from './script-data.js';

const HOSTILE = ['</script>', '</ScRiPt ', '<script>', '<!--', '-->', '<![CDATA[', ']]>', '\u2028', '\u2029', '&lt;'];
const text = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' })), { maxLength: 6 })
  .map((parts) => parts.join(''));
const values = fc.oneof(text, fc.array(text), fc.dictionary(text, text));

test('data come out of a script element as they went in, and nothing follows from them, whatever they are', () => {
  fc.assert(
    fc.property(values, (value) => {
      const page = `<figure><script type="application/json">${scriptData(value)}</script></figure><p>after</p>`;
      const scripts = elementsOf(page, 'script');
      expect(scripts).toHaveLength(1);
      expect(JSON.parse(textOf(scripts[0]))).toEqual(JSON.parse(JSON.stringify(value)));
      expect(elementsOf(page, 'p').map(textOf)).toEqual(['after']);
    }),
    { examples: HOSTILE.map((each): [string] => [each]) },
  );
});

test('no character is left that could end an element, a comment or a line', () => {
  fc.assert(
    fc.property(values, (value) => {
      expect(scriptData(value)).not.toMatch(/[<>&\u2028\u2029]/);
    }),
    { examples: HOSTILE.map((each): [string] => [each]) },
  );
});
