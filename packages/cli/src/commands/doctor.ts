import { columns } from '../arguments/help.js';
import { folder } from '../arguments/kinds.js';
import { option } from '../arguments/table.js';
import { data } from '../doctor/data.js';
import { disk } from '../doctor/disk.js';
import { chosenKernels, node, simd } from '../doctor/engine.js';
import { type Examination, examine } from '../doctor/examination.js';
import { cores, memory, sharedMemory } from '../doctor/machine.js';
import { selfTest } from '../doctor/self-test.js';
import { speed } from '../doctor/speed.js';
import { vectors } from '../doctor/vectors.js';
import { EXIT } from '../exit.js';
import { WEFT_VERSION } from '../version.js';
import { type Command, commonOptions, jsonOption } from './command.js';
import { simdOption } from './train-options.js';

const doctorOptions = {
  out: option({ kind: folder, default: 'reports', help: 'Where runs are to be written.' }),
  simd: simdOption,
  json: jsonOption('it'),
  ...commonOptions,
};

export const doctor: Command<typeof doctorOptions> = {
  usage: 'weft doctor [options]',
  summary: 'Look whether this machine can train, and how fast.',
  description:
    'Looks at Node, cores, memory, limits, data and disk, compares the emitted kernels with the reference kernels, and measures their speed, in a few seconds. Exits with 1 and advice if something is off.',
  options: doctorOptions,
  positionals: { least: 0, most: 0 },
  async run({ values: { json, out, quiet }, terminal }) {
    // Relaxed SIMD is looked at last: to do so may set a flag of the engine, which the other examinations run without.
    const looks: Readonly<Record<string, () => Examination | Promise<Examination>>> = {
      node,
      cores,
      memory,
      sharedMemory,
      vectors,
      kernels: chosenKernels,
      selfTest,
      speed,
      data,
      disk: () => disk(out),
      simd,
    };
    const examinations: Record<string, Examination> = {};
    for (const [name, look] of Object.entries(looks)) {
      terminal.show(`Looking at ${TITLES[name]}`);
      examinations[name] = await examine(look);
    }
    terminal.show(undefined);
    const findings = Object.entries(examinations).flatMap(([name, examination]) =>
      examination.findings.map((finding) => ({ examination: name, ...finding })),
    );
    if (json) {
      const facts = Object.fromEntries(Object.entries(examinations).map(([name, { facts: each }]) => [name, each]));
      terminal.print(JSON.stringify({ weft: WEFT_VERSION, ok: findings.length === 0, ...facts, findings }, null, 2));
    } else {
      const rows = Object.entries(TITLES).map(([name, title]) => [title, examinations[name].text]);
      terminal.result(`${columns([['Weft', WEFT_VERSION], ...rows])}\n`);
      if (findings.length === 0) terminal.result('Nothing is off.');
      for (const { problem, advice } of findings) {
        terminal[quiet ? 'error' : 'warning'](`${problem}\n  ${advice}`);
      }
    }
    return findings.length === 0 ? EXIT.ok : EXIT.failure;
  },
};

/** The examinations in the order in which they are shown. */
const TITLES: Readonly<Record<string, string>> = {
  node: 'Node',
  cores: 'Cores',
  memory: 'Memory',
  sharedMemory: 'Shared memory',
  simd: 'SIMD',
  vectors: 'Vectors',
  kernels: 'Kernels',
  selfTest: 'Self-test',
  speed: 'Speed',
  data: 'Data',
  disk: 'Disk',
};
