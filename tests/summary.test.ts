import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../.ci/summary.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'weft-summary-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface File {
  readonly status: string;
  readonly tests: readonly string[];
}

/** The gate's last line and exit code, for what vitest wrote down and how the steps ended. */
function summarise(files: readonly File[] | undefined, ...steps: string[]) {
  const path = join(folder, 'tests.json');
  rmSync(path, { force: true });
  if (files) {
    const testResults = files.map(({ status, tests }, file) => ({
      name: `file-${file}.test.ts`,
      status,
      message: '',
      assertionResults: tests.map((status, test) => ({ status, fullName: `test ${test}` })),
    }));
    writeFileSync(path, JSON.stringify({ testResults }));
  }
  const { status, stdout } = spawnSync(process.execPath, [script, path, ...steps], { encoding: 'utf8' });
  return { status, line: stdout.trimEnd().split('\n').at(-1) };
}

const green = [{ status: 'passed', tests: ['passed', 'passed'] }];

it('is green if every test and every step has passed', () => {
  expect(summarise(green, 'checks=0', 'tests=0')).toEqual({ status: 0, line: '2 passed, 0 failed' });
});

it('counts tests that failed once, and names those that were skipped', () => {
  const files = [{ status: 'failed', tests: ['passed', 'failed', 'skipped', 'pending', 'todo'] }];
  expect(summarise(files, 'checks=0', 'tests=1')).toEqual({ status: 1, line: '1 passed, 1 failed, 3 skipped' });
});

it.each([
  ['a check failed', green, 'checks=2', 'tests=0'],
  ['the tests ended badly though each passed', green, 'checks=0', 'tests=1'],
  ['a file could not be loaded', [...green, { status: 'failed', tests: [] }], 'checks=0', 'tests=1'],
  ['a hook failed after the tests', [{ status: 'failed', tests: ['passed', 'passed'] }], 'checks=0', 'tests=1'],
])('fails if %s', (_what, files, ...steps) => {
  expect(summarise(files, ...steps)).toEqual({ status: 1, line: '2 passed, 1 failed' });
});

it('fails if there are no results, or no test has passed', () => {
  expect(summarise(undefined, 'checks=0', 'tests=1').status).toBe(1);
  expect(summarise([], 'checks=0', 'tests=0')).toEqual({ status: 1, line: '0 passed, 1 failed' });
});
