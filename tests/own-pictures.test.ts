import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wideNodeAtHand } from '../scripts/node-releases.js';
import { installPackages, packPackages } from '../scripts/packages.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), 'weft-pictures-'));
const folder = join(temporary, 'project');
const page = readFileSync(join(root, 'docs/OWN-PICTURES.md'), 'utf8');
const commands = [...page.matchAll(/^npx (weft .+)$/gm)].map(([, command]) => command);

// What pnpm sets for tests is not there for a stranger.
const stranger = Object.entries(process.env).filter(([name]) => !/^(npm_|pnpm_|INIT_CWD$|NODE_|VITEST)/i.test(name));

/** Runs a command of the page where the packages are installed, by a Node. */
function run(command: string, node = process.execPath) {
  const [, ...args] = command.split(' ');
  const env = { ...Object.fromEntries(stranger), WEFT_CACHE_DIR: join(temporary, 'cache') };
  const entry = join(folder, 'node_modules', '@weft', 'cli', 'bin', 'weft.js');
  return spawnSync(node, [entry, ...args], { cwd: folder, encoding: 'utf8', env });
}

beforeAll(() => {
  mkdirSync(folder);
  installPackages(folder, packPackages(join(temporary, 'tarballs')), ['@weft/cli']);
  cpSync(join(root, 'examples/fabric'), join(folder, 'fabric'), { recursive: true });
});
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

describe('the page about own pictures, from the packages alone', () => {
  it('has the commands that these tests run', () => {
    const names = commands.map((command) => command.split(' ')[1]);
    expect(names).toEqual(['train', 'score', 'denoise', 'encode', 'evaluate', 'study']);
  });

  it.each(commands)('%s', (command) => {
    const { status, stderr } = run(command);
    expect(status, stderr).toBe(0);
    expect(stderr).not.toContain('Warning');
  });

  it('has found most defects, with scores that are worth what the page says', () => {
    const { measures } = JSON.parse(readFileSync(join(folder, 'scores/scores.json'), 'utf8'));
    expect(measures.auroc.estimate).toBeGreaterThan(0.9);
    expect(measures.atThreshold.recall).toBeGreaterThan(0.8);
    expect(measures.falseAlarms).toBe(0);
  });

  const newer = wideNodeAtHand();
  it.skipIf('missing' in newer)('scores the same on a newer Node', () => {
    const path = 'path' in newer ? newer.path : '';
    const { status, stderr } = run('weft score woven fabric --out again', path);
    expect(status, stderr).toBe(0);
    const [first, again] = ['scores', 'again'].map((name) => readFileSync(join(folder, name, 'scores.csv'), 'utf8'));
    expect(again).toBe(first);
  });

  it('answers npx weft --help', () => {
    const [name] = commands[0].split(' ');
    const help = execFileSync('npx', ['--no-install', name, '--help'], { cwd: folder, encoding: 'utf8' });
    for (const command of commands) expect(help).toContain(command.split(' ').slice(0, 2).join(' '));
  });
});
