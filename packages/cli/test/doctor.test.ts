import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FASHION_MNIST_FILES } from '@weft/data';
import { processorQuota, vectorFacts, wideVectors } from '@weft/pool';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryLimit } from '../src/doctor/control-groups.js';
import { describeVectors } from '../src/doctor/vectors.js';
import { COMMAND, temporaryFolder, weft } from './support/weft.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

/** Runs the command in a shell, as under a limit, or in an engine with other flags. */
async function shell(command: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn('bash', ['-c', command], { cwd: folder.path, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

interface Found {
  readonly examination: string;
  readonly problem: string;
  readonly advice: string;
}

/** What is found besides a machine whose memory is taken by others, or of which a container is granted a part. */
const problems = (stdout: string): Found[] =>
  JSON.parse(stdout).findings.filter(({ examination }: Found) => !['cores', 'memory'].includes(examination));

describe('weft doctor', () => {
  it('tells in one screen what there is, and exits with 0 where nothing is off', async () => {
    const { code, stdout, stderr } = await weft(['doctor'], { cwd: folder.path });
    const isRight = stdout.includes('Nothing is off.');
    expect({ code, isSilent: stderr === '' }).toEqual({ code: isRight ? 0 : 1, isSilent: isRight });
    expect(stdout.trim().split('\n').length).toBeLessThan(24);
    for (const part of ['Node', process.versions.v8, 'relaxed SIMD', '12 of 12', 'GFLOP/s', 'GB free']) {
      expect(stdout).toContain(part);
    }
  });

  it('tells programs the same as JSON, with numbers that fit each other', async () => {
    const { code, stdout } = await weft(['doctor', '--json', '--quiet'], { cwd: folder.path });
    const { ok, node, cores, memory, sharedMemory, simd, kernels, selfTest, speed, findings } = JSON.parse(stdout);
    expect(problems(stdout)).toEqual([]);
    expect({ code, ok }).toEqual({ code: findings.length === 0 ? 0 : 1, ok: findings.length === 0 });
    expect(node.version).toBe(process.versions.node);
    expect(cores.usable).toBeGreaterThanOrEqual(1);
    expect(cores.usable).toBeLessThanOrEqual(cores.available);
    expect(memory.freeBytes).toBeLessThanOrEqual(memory.totalBytes);
    expect(sharedMemory.granted).toBe(true);
    expect([simd.simd, kernels.chosen]).toEqual([true, 'wasm']);
    expect(['yes', 'flag', 'no']).toContain(simd.relaxedSimd);
    expect(selfTest.agreeing).toBe(selfTest.programs);
    // Float32 is rounded: no difference at all would mean that a program was compared with itself.
    expect(selfTest.largestDifference).toBeGreaterThan(0);
    expect(selfTest.largestDifference).toBeLessThanOrEqual(selfTest.tolerance);
    expect(speed.perCore * speed.threads).toBeCloseTo(speed.allThreads);
    expect(speed.oneThread).toBeGreaterThan(0);
  });
});

describe('weft doctor tells how wide vectors are', () => {
  const { obstacle } = wideVectors();

  it.skipIf(obstacle === undefined)('and why not wider; 256 bits that cannot be are wrong usage', async () => {
    const { vectors } = JSON.parse((await weft(['doctor', '--json'], { cwd: folder.path })).stdout);
    expect(vectors).toMatchObject({ bits: 128, reason: obstacle });
    const { code, stdout, stderr } = await weft(['doctor', '--simd', '256'], { cwd: folder.path });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim()).toContain(`--simd 256, but ${obstacle}. Use Node 24 or later`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  const node24 = process.env.WEFT_NODE_24;
  it.skipIf(!node24 || wideVectors({ ...vectorFacts(), nodeVersion: '24.0.0' }).obstacle)(
    'on Node 24 (skipped without WEFT_NODE_24 and AVX2)',
    async () => {
      const node = node24 as string;
      const bits = async (args: readonly string[], environment = {}) => {
        const { stdout, stderr } = await weft(['doctor', '--json', ...args], { cwd: folder.path, node, environment });
        expect(stderr).toBe('');
        expect(problems(stdout)).toEqual([]);
        return JSON.parse(stdout).vectors;
      };
      expect(await bits([])).toMatchObject({ bits: 256, reason: null, avx2: true, newerNodeIsFaster: false });
      expect(await bits(['--simd', '128'])).toMatchObject({ bits: 128, reason: 'that is what was asked for' });
      expect(await bits([], { WEFT_SIMD: '128' })).toMatchObject({ bits: 128 });
      expect(await bits(['--simd', '256'], { WEFT_SIMD: '128' })).toMatchObject({ bits: 256 });
    },
  );

  it('and what a newer Node brings, where the processor could', () => {
    const faster = 'Node 24 or later trains about 1.6 times faster on this processor.';
    const old = { isNodeNewEnough: false, obstacle: 'this is Node 20.19.0' };
    expect(describeVectors(128, { ...old, processor: true }).text).toContain(faster);
    expect(describeVectors(128, { ...old, processor: undefined }).text).toContain('is not known');
    expect(describeVectors(128, { ...old, processor: false }).text).not.toContain(faster);
    expect(describeVectors(128, { processor: true, isNodeNewEnough: true, obstacle: undefined }).text).toBe(
      '128 bits: that is what was asked for.',
    );
  });
});

describe('weft doctor exits with 1 and says what to do where', () => {
  it('the system refuses shared memory', async () => {
    const { code, stdout } = await shell(`ulimit -v 8000000; exec "${process.execPath}" "${COMMAND}" doctor --json`);
    expect(code).toBe(1);
    const [found] = problems(stdout).filter(({ examination }) => examination === 'sharedMemory');
    expect(found.problem).toContain('refuses shared memory');
    expect(found.advice).toContain('ulimit -v unlimited');
    expect(JSON.parse(stdout).ok).toBe(false);
  });

  it('WEFT_DATA_DIR names a folder without the data', async () => {
    const { code, stdout, stderr } = await weft(['doctor'], {
      cwd: folder.path,
      environment: { WEFT_DATA_DIR: 'nowhere' },
    });
    expect(code).toBe(1);
    expect(stderr).toContain('WEFT_DATA_DIR: nowhere does not hold train-images-idx3-ubyte.gz');
    expect(stderr).toContain('Correct WEFT_DATA_DIR');
    expect(stdout).not.toContain('Nothing is off.');
  });

  it('data are damaged', async () => {
    const data = join(folder.path, 'data');
    await mkdir(data);
    for (const { name } of Object.values(FASHION_MNIST_FILES)) await writeFile(join(data, name), 'rubbish');
    const { code, stdout } = await weft(['doctor', '--json'], { environment: { WEFT_DATA_DIR: data } });
    expect(code).toBe(1);
    expect(problems(stdout)).toMatchObject([{ examination: 'data', problem: expect.stringContaining('is damaged') }]);
  });

  it('runs cannot be written', async () => {
    const { code, stdout } = await weft(['doctor', '--json', '--out', '/proc/runs']);
    expect(code).toBe(1);
    expect(problems(stdout).map(({ examination }) => examination)).toContain('disk');
  });

  it('the engine has no WebAssembly', async () => {
    const { code, stdout } = await shell(`exec "${process.execPath}" --jitless "${COMMAND}" doctor --json`);
    expect(code).toBe(1);
    const { simd, kernels } = JSON.parse(stdout);
    expect([simd.simd, kernels.chosen]).toEqual([false, 'reference']);
    const [found] = problems(stdout).filter(({ examination }) => examination === 'simd');
    expect(found.advice).toContain('--jitless');
  });
});

describe('limits of control groups', () => {
  const limits = (root: string) => ({ processors: processorQuota(root), memoryBytes: memoryLimit(root) });

  async function machine(name: string, files: Readonly<Record<string, string>>): Promise<string> {
    const root = join(folder.path, name);
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    return root;
  }

  it('are read in version 2, of the group and those around it', async () => {
    const root = await machine('v2', {
      'proc/self/cgroup': '0::/outer/inner\n',
      'sys/fs/cgroup/outer/cpu.max': '150000 100000\n',
      'sys/fs/cgroup/outer/memory.max': '3000000000\n',
      'sys/fs/cgroup/outer/inner/cpu.max': 'max 100000\n',
      'sys/fs/cgroup/outer/inner/memory.max': '2000000000\n',
    });
    expect(limits(root)).toEqual({ processors: 1.5, memoryBytes: 2e9 });
  });

  it('are read in version 1, where the own group is out of sight, too', async () => {
    const root = await machine('v1', {
      'proc/self/cgroup': '3:cpu,cpuacct:/docker/1234\n2:memory:/docker/1234\n0::/\n',
      'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '400000\n',
      'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '1000000000\n',
    });
    expect(limits(root)).toEqual({ processors: 4, memoryBytes: 1e9 });
  });

  it('are none where there are none', async () => {
    const root = await machine('unlimited', {
      'proc/self/cgroup': '2:memory:/\n0::/\n',
      'sys/fs/cgroup/cpu.max': 'max 100000\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    });
    const none = { processors: undefined, memoryBytes: undefined };
    expect(limits(root)).toEqual(none);
    expect(limits(join(folder.path, 'no such system'))).toEqual(none);
  });
});
