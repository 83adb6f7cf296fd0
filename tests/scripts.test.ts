import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** The scripts that run a program of ours, and how. */
const programs = Object.entries<string>(scripts).flatMap(([name, command]): [string, string[]][] => {
  const [, program] = / && node (\S+\.js.*)$/.exec(command) ?? [];
  return program === undefined ? [] : [[name, program.split(' ')]];
});

function run(program: readonly string[], ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...program, ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const TRACE = /^ +at |Node\.js v/m;

it('there are such scripts', () => {
  const benchmarks = ['bench', 'bench:cluster', 'bench:pages', 'bench:peers', 'bench:tune'];
  const names = [
    ...benchmarks,
    'cluster-test',
    'fuzz',
    'kill-test',
    'model',
    'site',
    'soak',
    'train',
    'verify',
    'weft',
  ];
  expect(programs.map(([name]) => name).sort()).toEqual(names);
});

/** Scripts that are called by their path. */
const others = ['run-example', 'explain-picture', 'packed', 'profile-step', 'vae', 'whole-job', 'draw-fabric'].map(
  (name): [string, string[]] => [name, [`scripts/${name}.js`]],
);

describe.each([...programs, ...others])('%s', (name, program) => {
  it('answers --help, also behind the dashes that pnpm hands on', () => {
    for (const args of [['--help'], ['--', '--help']]) {
      const { status, stdout, stderr } = run(program, ...args);
      expect(stdout).toContain(name);
      expect(stdout).toContain('--help');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }
  });

  it('refuses options and arguments that it does not know, in a sentence', () => {
    for (const arg of ['--nonsense', '--nonsense=1', 'no,such;argument']) {
      const { status, stdout, stderr } = run(program, arg);
      expect(stderr).toContain(arg.split('=')[0]);
      expect(stderr).not.toMatch(TRACE);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    }
  });
});

it.each([
  ['a value that is missing', ['benchmarks/dist/tune/main.js', '--rounds'], '--rounds'],
  ['rounds', ['benchmarks/dist/tune/main.js', '--rounds', '0'], "--rounds: got '0', expected a whole number from 1"],
  ['a number of runs', ['scripts/kill-test.js', 'many'], "RUNS: got 'many', expected a whole number from 1"],
  ['a number of workers', ['benchmarks/dist/cluster/main.js', '--workers', '2,x'], "--workers: got 'x', expected"],
  ['a fault', ['scripts/cluster-test.js', '--fault', 'flood'], '--fault: got flood, expected worker-killed'],
  ['a number of steps', ['scripts/soak.js', '30', '-5'], '-5'],
  ['one argument too many', ['scripts/soak.js', '30', '300', '3000'], 'expected at most 2. Usage: pnpm soak'],
])('%s: is refused with what was got', (_, program, part) => {
  const { status, stderr } = run(program);
  expect(stderr).toContain(part);
  expect(stderr).not.toMatch(TRACE);
  expect(status).toBe(2);
});
