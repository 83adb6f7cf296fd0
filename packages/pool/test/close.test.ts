import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { availableThreads, WorkerPool } from '../src/index.js';
import { insideOf } from './support/inside.js';

const turn = () => new Promise(setImmediate);

// Node 20 aborts the process of a worker that is ended while it loads its code.
describe('closing a pool', () => {
  it.each([1, availableThreads() + 1])('waits until %d workers have loaded their code', async (threads) => {
    const pool = await WorkerPool.create({ threads });
    const { workers } = insideOf(pool);
    expect(workers.areLoaded).toBe(false);
    await pool.close();
    expect(workers.areLoaded).toBe(true);
  });

  it('waits for a worker that took the place of another', async () => {
    const pool = await WorkerPool.create({ threads: 2 });
    const { workers, piscina } = insideOf(pool);
    while (!workers.areLoaded) await turn();
    const [ended] = piscina.threads;
    if (!ended) throw new Error('There is no worker.');
    await ended.terminate();
    while (piscina.threads.includes(ended)) await turn();
    expect(piscina.threads).toHaveLength(2);
    expect(workers.areLoaded).toBe(false);
    await pool.close();
    expect(workers.areLoaded).toBe(true);
  });

  it('may come as soon as the last worker has loaded, time after time', async () => {
    for (let time = 0; time < 10; time++) {
      const pool = await WorkerPool.create({ threads: 3 });
      while (!insideOf(pool).workers.areLoaded) await turn();
      await pool.close();
    }
  });
});

describe('a process that ends without closing its pool', () => {
  // The program imports the package that it is part of, which no source may.
  const own = JSON.stringify('@weft/pool');
  const program = (milliseconds: number) => `
    import { WorkerPool } from ${own};
    await WorkerPool.create({ threads: 3 });
    setTimeout(() => process.exit(3), ${milliseconds});
  `;

  it('ends when its workers have loaded their code', () => {
    // Listeners are called in the order in which they were added: the pool's before this one.
    const counting = `
      import { WorkerPool } from ${own};
      const { loadedCount } = Reflect.get(await WorkerPool.create({ threads: 3 }), 'workers');
      process.on('exit', () => process.stdout.write(String(loadedCount[0])));
      process.exit();
    `;
    const options = ['--input-type=module', '--eval', counting];
    const { stdout, stderr } = spawnSync(process.execPath, options, { cwd: import.meta.dirname, encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: '3', stderr: '' });
  });

  it.each([0, 50, 100, 130, 160, 200])('ends with its own exit code: after %d ms', (milliseconds) => {
    const options = ['--input-type=module', '--eval', program(milliseconds)];
    const { status, signal, stderr } = spawnSync(process.execPath, options, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    });
    expect({ status, signal, stderr }).toEqual({ status: 3, signal: null, stderr: '' });
  });
});
