import { unsigned } from './assembler.js';

/**
 * The same module with one more custom section. It computes the same, but its bytes are others: engines share
 * compiled code between modules of the same bytes, and compile this one afresh.
 *
 * @param name of the section: ASCII, at most 100 letters
 */
export function withCustomSection(bytes: Uint8Array, name: string): Uint8Array<ArrayBuffer> {
  const content = [...unsigned(name.length), ...[...name].map((letter) => letter.charCodeAt(0))];
  const section = [0, ...unsigned(content.length), ...content];
  const extended = new Uint8Array(bytes.length + section.length);
  extended.set(bytes);
  extended.set(section, bytes.length);
  return extended;
}
