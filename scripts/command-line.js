// How scripts of this workspace read their arguments: each answers --help, and refuses what it does not know.
import { writeSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** @typedef {import('./command-line.d.ts').ScriptOption} ScriptOption */

/** @type {typeof import('./command-line.d.ts').commandLine} */
export function commandLine({ name, arguments: words = [], about, options = /** @type {never} */ ({}) }) {
  // `pnpm bench -- --help` hands on the dashes.
  const args = process.argv[2] === '--' ? process.argv.slice(3) : process.argv.slice(2);
  /** @type {[string, ScriptOption][]} */
  const known = Object.entries({ ...options, help: { help: 'Show this help.' } });
  const usage = ['Usage:', name, ...words.map((word) => `[${word}]`), '[options]'].join(' ');
  let parsed;
  try {
    parsed = parseArgs({ args, options: Object.fromEntries(known.map(parsedOption)), allowPositionals: true });
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    const unknown = code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' && /'(-[^']*)'/.exec(message)?.[1];
    const list = known.map(([each]) => `--${each}`).join(', ');
    return wrongUsage(unknown ? `${unknown}: ${name} has no such option. The options are ${list}.` : `${message}.`);
  }
  const { values, positionals } = parsed;
  if (values.help) end(1, `${usage}\n\n${about}\n\n${helpOf(known)}\n`, 0);
  const isOpen = words.at(-1)?.endsWith('...');
  if (positionals.length > words.length && !isOpen) {
    const expected = words.length === 0 ? 'none' : `at most ${words.length}`;
    return wrongUsage(`${name}: got the arguments ${positionals.join(' ')}, expected ${expected}. ${usage}`);
  }
  return /** @type {never} */ ({ values, positionals });
}

/** @type {typeof import('./command-line.d.ts').wrongUsage} */
export function wrongUsage(message) {
  return end(2, `${message}\n`, 2);
}

/** @type {typeof import('./command-line.d.ts').wholeNumber} */
export function wholeNumber(name, text, least) {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least ? value : wrongUsage(`${name}: got '${text}', expected a whole number from ${least}.`);
}

/**
 * @param {[string, ScriptOption]} entry
 * @returns {[string, NonNullable<import('node:util').ParseArgsConfig['options']>[string]]}
 */
function parsedOption([name, { value, default: standard, multiple }]) {
  if (value === undefined) return [name, { type: 'boolean', default: false, ...(name === 'help' && { short: 'h' }) }];
  return [name, { type: 'string', multiple: multiple === true, ...(standard !== undefined && { default: standard }) }];
}

/** @param {readonly [string, ScriptOption][]} options */
function helpOf(options) {
  const rows = options.map(([name, { value, help, default: standard }]) => [
    `  ${name === 'help' ? '-h, ' : ''}--${name}${value === undefined ? '' : ` ${value}`}`,
    standard === undefined ? help : `${help} (default ${standard})`,
  ]);
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => left.padEnd(width) + right).join('\n');
}

/**
 * @param {1 | 2} stream
 * @param {string} text
 * @param {number} code
 * @returns {never}
 */
function end(stream, text, code) {
  try {
    // At once: what a stream has not written by the end of the process is lost.
    writeSync(stream, text);
  } catch (error) {
    // A reader that has gone, such as `head`, has seen enough.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPIPE') process.exit(code || 1);
  }
  process.exit(code);
}
