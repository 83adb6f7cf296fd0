import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('../scripts/run-example.js', import.meta.url));

/** Runs an example with what a stranger gets, and gives what it prints. */
function runExample(name: string): string {
  return execFileSync(process.execPath, [script, name], { encoding: 'utf8', stdio: 'pipe' });
}

/** The losses that a program prints, as `loss 0.1234`, in their order. */
function lossesIn(output: string): number[] {
  return [...output.matchAll(/\bloss (\S+)/g)].map((match) => Number(match[1]));
}

function expectFalling(losses: readonly number[]): void {
  losses.slice(1).forEach((loss, index) => {
    expect(loss).toBeLessThan(losses[index]);
  });
}

it('own-network trains a network of its own with its loop written out', () => {
  const output = runExample('own-network');
  const losses = lossesIn(output);
  expect(losses).toHaveLength(6);
  expectFalling(losses);
  expect(losses[5]).toBeLessThan(losses[0] / 20);
  expect(output).toContain('64 of 64 pictures are told right');
});

it("train-with-pool trains one's own network on all cores, which then does well on what it has not seen", () => {
  const output = runExample('train-with-pool');
  const losses = lossesIn(output);
  expect(losses).toHaveLength(8);
  expectFalling(losses);
  const unseen = Number(/^unseen (\S+)$/m.exec(output)?.[1]);
  expect(unseen).toBeLessThan(losses[0] / 10);
});
