// Runs an example as a stranger would: packs the packages, installs them in an empty folder, compiles and runs.
// Usage: node scripts/run-example.js own-network
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandLine, wrongUsage } from './command-line.js';
import { compile, installPackages, packPackages } from './packages.js';

const examples = fileURLToPath(new URL('../examples', import.meta.url));
const known = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const { positionals } = commandLine({
  name: 'node scripts/run-example.js',
  arguments: ['NAME'],
  about: `Packs the packages, installs them in an empty folder, and runs an example there: ${known.join(', ')}.`,
});
const [name] = positionals;
if (!known.includes(name)) wrongUsage(`NAME: got ${name ?? 'none'}, expected one of ${known.join(', ')}.`);

const temporary = mkdtempSync(join(tmpdir(), 'weft-example-'));
try {
  const folder = join(temporary, 'project');
  cpSync(join(examples, name), folder, { recursive: true });
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  installPackages(folder, packPackages(join(temporary, 'tarballs')), Object.keys(dependencies));
  compile(folder, ['main.ts']);
  execFileSync(process.execPath, ['main.js'], { cwd: folder, stdio: 'inherit' });
} finally {
  rmSync(temporary, { recursive: true });
}
