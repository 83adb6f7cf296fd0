import { kebab, type OptionTable } from './table.js';

const WIDTH = 100;

/** The help of a command: how to call it, what it does, and its options with their defaults. */
export function commandHelp(usage: string, description: string, table: OptionTable): string {
  const rows = Object.entries(table).map(([name, { kind, short, help, default: standard, defaultText, quick }]) => {
    const value = kind.placeholder === undefined ? '' : ` ${kind.placeholder}`;
    const shown = defaultText ?? (standard === undefined || standard === false ? undefined : String(standard));
    const notes = [
      ...(shown === undefined ? [] : [`default ${shown}`]),
      ...(quick === undefined ? [] : [`with --quick ${quick}`]),
    ];
    return [
      `${short ? `-${short}, ` : ''}--${kebab(name)}${value}`,
      notes.length > 0 ? `${help} (${notes.join('; ')})` : help,
    ];
  });
  return `Usage: ${usage}\n\n${wrap(description, WIDTH).join('\n')}\n\nOptions:\n${columns(rows)}\n`;
}

/** Two columns of text, the second wrapped. */
export function columns(rows: readonly (readonly string[])[]): string {
  const left = Math.max(...rows.map(([name]) => name.length)) + 4;
  return rows
    .flatMap(([name, text]) =>
      wrap(text, WIDTH - left).map((line, index) => `  ${(index === 0 ? name : '').padEnd(left - 2)}${line}`),
    )
    .join('\n');
}

/** A text in lines, cut between words; a word that is too long has a line of its own. */
export function wrap(text: string, width = WIDTH): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
