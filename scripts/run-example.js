// Runs an example as a stranger would: packs the packages, installs them in an empty folder, compiles and runs.
// Usage: node scripts/run-example.js own-network
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, installPackages, packPackages } from './packages.js';

const examples = fileURLToPath(new URL('../examples', import.meta.url));
const known = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const [name] = process.argv.slice(2);
if (!known.includes(name)) {
  console.error(`Usage: node scripts/run-example.js NAME, where NAME is one of ${known.join(', ')}.`);
  process.exit(2);
}

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
