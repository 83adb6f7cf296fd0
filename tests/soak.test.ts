import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

// `pnpm soak` goes on for 300 calls and 10,000 steps.
it('many trainings in one process leave no memory, handle, worker or module behind', () => {
  const script = fileURLToPath(new URL('../scripts/soak.js', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', script, '30', '300'], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  expect(stdout).toContain('left nothing behind');
});
