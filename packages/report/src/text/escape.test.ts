import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeMarkup } from './escape.js';

const decoded = (text: string) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

test('no character of markup survives, and a reader gets the text back', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", 'a', ';', 'é', '😀') }), (text) => {
      const escaped = escapeMarkup(text);
      expect(escaped).not.toMatch(/[<>"']/);
      expect(escaped).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39);)/);
      expect(decoded(escaped)).toBe(text);
    }),
  );
});

test('characters that XML forbids are replaced, also half a surrogate pair', () => {
  expect(escapeMarkup('a\u0000b\u001Bc\uD800d\uFFFEe\tf')).toBe('a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\tf');
});
