import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startOf, wideNodeAtHand } from '../scripts/node-releases.js';
import { kept, verify, waysIn } from '../scripts/verify.js';

/** Tests that say the same at any width: of every emitted kernel, and of training's bits. */
const FILES = ['packages/core/test/conformance.test.ts', 'packages/pool/test/fit-bits.test.ts'];

const root = fileURLToPath(new URL('..', import.meta.url));
const found = wideNodeAtHand();
const node = 'missing' in found ? { path: '', version: '', major: 0 } : found;

describe.skipIf('missing' in found)(`with 256-bit registers${'missing' in found ? `: ${found.missing}` : ''}`, () => {
  it.each(FILES)('%s passes', (file) => {
    const { options, env } = startOf(node, '256');
    // V8 packs nothing in its first code: tests are over before there is another.
    const flags = [...options, '--no-liftoff'].map((option) => `--execArgv=${option}`);
    const vitest = [node.path, 'node_modules/vitest/vitest.mjs', 'run', ...flags, '--reporter=json', file] as const;
    const { stdout, stderr } = spawnSync(vitest[0], vitest.slice(1), {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, ...env },
      maxBuffer: 2 ** 30,
    });
    expect(stdout, stderr).toMatch(/^\{/);
    const { numPassedTests, testResults } = JSON.parse(stdout);
    const failed = testResults.flatMap(({ assertionResults }: { assertionResults: TestResult[] }) =>
      assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
    );
    expect(failed).toEqual([]);
    expect(numPassedTests).toBeGreaterThan(10);
  });

  it('trains to the weights that are kept', async () => {
    const ways = waysIn(node, '256').filter(({ name }) => name === '256 bits, 3 threads');
    expect(ways).toHaveLength(1);
    const [{ sha256, note }] = await verify(ways);
    expect(sha256, note).toBe(kept().sha256);
  });
});

interface TestResult {
  readonly status: string;
  readonly fullName: string;
}
