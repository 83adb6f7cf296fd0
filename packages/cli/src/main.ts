import { mostSimilar } from '@weft/core/program';
import { type Simd, useVectors } from '@weft/pool';
import { columns, commandHelp } from './arguments/help.js';
import { parseOptions } from './arguments/parse.js';
import type { OptionTable } from './arguments/table.js';
import type { Command } from './commands/command.js';
import { EXIT, errorText, exitCodeOf, InputError, UsageError } from './exit.js';
import { guardOutput, Terminal } from './terminal/terminal.js';
import { WEFT_VERSION } from './version.js';

/** Each is loaded when it is called. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  train: async () => (await import('./commands/train.js')).train,
  denoise: async () => (await import('./commands/denoise.js')).denoise,
  reconstruct: async () => (await import('./commands/reconstruct.js')).reconstruct,
  encode: async () => (await import('./commands/encode.js')).encode,
  score: async () => (await import('./commands/score.js')).score,
  export: async () => (await import('./commands/export.js')).exportModel,
  import: async () => (await import('./commands/import.js')).importModel,
  sample: async () => (await import('./commands/sample.js')).sample,
  interpolate: async () => (await import('./commands/interpolate.js')).interpolate,
  explore: async () => (await import('./commands/explore.js')).explore,
  evaluate: async () => (await import('./commands/evaluate.js')).evaluate,
  report: async () => (await import('./commands/report.js')).report,
  info: async () => (await import('./commands/info.js')).info,
  explain: async () => (await import('./commands/explain.js')).explain,
  compare: async () => (await import('./commands/compare.js')).compare,
  classify: async () => (await import('./commands/classify.js')).classify,
  study: async () => (await import('./commands/study.js')).study,
  sweep: async () => (await import('./commands/sweep.js')).sweep,
  serve: async () => (await import('./commands/serve.js')).serve,
  worker: async () => (await import('./commands/worker.js')).worker,
  cluster: async () => (await import('./commands/cluster.js')).cluster,
  doctor: async () => (await import('./commands/doctor.js')).doctor,
};

/**
 * Runs the `weft` command.
 *
 * @param args what stands after `weft` on the command line
 * @returns the exit code: 0 success, 1 failure, 2 wrong usage, 3 data missing or damaged, 129, 130 or 143
 *   ended by a signal
 * @example
 * await main(['--version']); // 0; the exit code
 */
export async function main(args: readonly string[]): Promise<number> {
  guardOutput();
  const terminal = new Terminal(false);
  try {
    // `pnpm weft -- train --quick` hands on the dashes, as `pnpm train -- --quick` does.
    const [name, ...rest] = args[0] === '--' ? args.slice(1) : args;
    if (name === '--version') {
      terminal.result(WEFT_VERSION);
      return EXIT.ok;
    }
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      terminal[name === undefined ? 'message' : 'result'](await overview());
      return name === undefined ? EXIT.usage : EXIT.ok;
    }
    if (!Object.hasOwn(COMMANDS, name)) throw unknownCommand(name);
    return await runCommand(name, await COMMANDS[name](), rest[0] === '--' ? rest.slice(1) : rest);
  } catch (error) {
    terminal.error(errorText(error));
    return exitCodeOf(error);
  }
}

async function runCommand(name: string, command: Command, args: readonly string[]): Promise<number> {
  const { values, given, positionals } = parseOptions(`weft ${name}`, command.options as OptionTable, args);
  const terminal = new Terminal(values.quiet === true);
  if (values.help) {
    terminal.print(commandHelp(command.usage, command.description, command.options).trimEnd());
    return EXIT.ok;
  }
  if (values.version) {
    terminal.print(WEFT_VERSION);
    return EXIT.ok;
  }
  const { least, most } = command.positionals;
  if (positionals.length < least || positionals.length > most) {
    const got = positionals.length === 0 ? 'none' : positionals.map((word) => `'${word}'`).join(' ');
    const expected = `${least === most ? '' : least === 0 ? 'at most ' : `${least} to `}${argumentCount(most)}`;
    throw new UsageError(`weft ${name}: expected ${expected} besides options, got ${got}. Usage: ${command.usage}`);
  }
  requireFolder();
  if ('simd' in command.options) setVectors(values.simd);
  return command.run({ values, given, positionals, terminal });
}

const argumentCount = (count: number) =>
  count === 0 ? 'no arguments' : count === 1 ? 'one argument' : `${count} arguments`;

/** The engine's flag counts for the whole process, which is the command's own: set it before workers start. */
function setVectors(simd: Simd | undefined): void {
  try {
    useVectors(simd, true);
  } catch (cause) {
    throw new UsageError((cause as Error).message.replace(/^simd: got '256'/, '--simd 256'), { cause });
  }
}

/** Paths are relative to the current folder. Node remembers it once it was asked for, should it be deleted later. */
function requireFolder(): void {
  try {
    process.cwd();
  } catch (cause) {
    throw new InputError(
      `the current folder cannot be found: it was deleted or moved (${(cause as Error).message}). Change to one that is there and call weft again.`,
      { cause },
    );
  }
}

function unknownCommand(name: string): UsageError {
  const similar = mostSimilar(name, Object.keys(COMMANDS));
  const advice = similar ? `Did you mean 'weft ${similar}'?` : `The commands are ${Object.keys(COMMANDS).join(', ')}.`;
  return new UsageError(`there is no command '${name}'. ${advice} 'weft --help' tells more.`);
}

async function overview(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  const rows = commands.map(({ usage, summary }) => [usage, summary]);
  return `Weft ${WEFT_VERSION}: deep learning in TypeScript on CPU threads.\n\n${columns(rows)}\n\n'weft train --help' shows the options of a command.`;
}
