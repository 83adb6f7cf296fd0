import { main } from '@weft/cli';
import type { RandomStream } from '@weft/core';
import { HOSTILE_TEXTS, happens, pick } from '../mutate.js';
import { type Drawn, mustHold, type Target } from '../target.js';

/** For each option of each command: values that it takes. A flag has none. */
const COMMANDS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  train: {
    model: ['cae', 'cdae', 'all'],
    dataset: ['auto', 'fashion-mnist', 'synthetic'],
    epochs: ['1', '20', '9007199254740991', '1e3'],
    'batch-size': ['1', '256'],
    'validation-split': ['0', '0.2', '.5', '0.999'],
    'learning-rate': ['1e-3', '1e-300', '12'],
    'noise-factor': ['0', '0.4', '1e9'],
    'noise-per-epoch': [],
    seed: ['0', '42', '9007199254740991'],
    threads: ['1', '1024'],
    limit: ['1', '60000'],
    'test-limit': ['2', '10000'],
    quick: [],
    out: ['run', '../run', '/tmp/run', 'a b', 'ü'],
    json: [],
    quiet: [],
  },
  evaluate: { dataset: ['auto', 'synthetic'], 'test-limit': ['2'], 'noise-factor': ['0.1'], seed: ['7'], json: [] },
  report: { quiet: [] },
  info: { json: [], quiet: [] },
};

const WORDS: readonly string[] = [
  ...HOSTILE_TEXTS,
  ...[
    '-',
    '--',
    '---',
    '--=',
    '--=3',
    '-x',
    '-xyz',
    '-h=3',
    '--help=1',
    '--no-quick',
    '--__proto__',
    '--constructor=1',
  ],
  ...[
    '-1',
    '-.5',
    '0x10',
    '1e400',
    '1_000',
    '١',
    ' 1',
    '1 ',
    '+1',
    '1e-400',
    '9007199254740992',
    '18446744073709551616',
  ],
  ...[
    '--epochs',
    '--epochs=',
    '--epochs=-1',
    '--epochs==1',
    '--seed=1.5',
    '--threads=1025',
    '--quick=3',
    '--model=vae',
    '--batchsize',
  ],
  'x'.repeat(20_000),
  `--${'x'.repeat(20_000)}`,
];

/** Options of a command with values that it takes, each once at most. */
function soundOptions(command: string, random: RandomStream): string[] {
  return Object.entries(COMMANDS[command])
    .filter(() => happens(random, 0.4))
    .flatMap(([name, values]) => {
      if (values.length === 0) return [`--${name}`];
      const value = pick(random, values);
      return happens(random, 0.5) ? [`--${name}`, value] : [`--${name}=${value}`];
    });
}

const encode = (words: readonly string[]) => Buffer.from(JSON.stringify(words));

/** The command has said no, in words and by its exit code. */
class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** What the command writes, instead of on the terminal. */
async function captured(words: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const streams = ['stdout', 'stderr'] as const;
  const kept = streams.map((name) => process[name].write);
  for (const name of streams) {
    process[name].write = (text: string | Uint8Array) => {
      written[name] += text.toString();
      return true;
    };
  }
  try {
    return { code: await main(words), ...written };
  } finally {
    for (const [index, name] of streams.entries()) process[name].write = kept[index];
  }
}

// Commands are loaded when they are called: what that takes is not the fault of an input.
for (const command of Object.keys(COMMANDS)) await captured([command, '--help']);

export const commandLine: Target = {
  name: 'arguments',
  draw(random): Drawn {
    // With --help first, nothing after it can begin a training; the options are read all the same.
    const command = pick(random, Object.keys(COMMANDS));
    const words = [command, '--help', ...soundOptions(command, random)];
    if (happens(random, 0.25)) return { bytes: encode(words), expected: `Usage: weft ${command}` };
    if (happens(random, 0.1)) return { bytes: encode([pick(random, WORDS), ...words]) };
    if (happens(random, 0.2))
      return { bytes: encode([pick(random, ['report', 'info']), `nowhere/${pick(random, WORDS)}`]) };
    for (let times = 1 + random.integer(3); times > 0; times--) {
      const at = 2 + random.integer(words.length - 1);
      words.splice(at, happens(random, 0.5) ? 1 : 0, pick(random, WORDS));
    }
    return { bytes: encode(words) };
  },
  async read(bytes) {
    const { code, stdout, stderr } = await captured(JSON.parse(Buffer.from(bytes).toString()));
    if (code === 0) {
      mustHold(stderr === '' && stdout !== '', 'a help is to stand on stdout alone');
      return stdout.split(' [')[0].split(' DIR')[0];
    }
    mustHold(stdout === '', 'something was printed to stdout by a command that failed');
    throw new Refusal(code, stderr);
  },
  isLawful: (error) =>
    error instanceof Refusal &&
    (error.code === 2 || error.code === 3) &&
    error.message.startsWith('weft: ') &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those that move a terminal's cursor are what is looked for
    !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|^ +at /m.test(error.message),
};
