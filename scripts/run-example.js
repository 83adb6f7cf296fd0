// Runs an example as a stranger would: packs the packages, installs them in an empty folder, compiles and runs.
// Usage: node scripts/run-example.js own-network
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine, wrongUsage } from './command-line.js';
import { exampleNames, installExamples } from './examples.js';

const list = exampleNames.join(', ');
const { positionals } = commandLine({
  name: 'node scripts/run-example.js',
  arguments: ['NAME'],
  about: `Packs the packages, installs them in an empty folder, and runs an example there: ${list}.`,
});
const [name] = positionals;
if (!exampleNames.includes(name)) wrongUsage(`NAME: got ${name ?? 'none'}, expected one of ${list}.`);

const temporary = mkdtempSync(join(tmpdir(), 'weft-example-'));
try {
  installExamples(temporary, [name]);
  execFileSync(process.execPath, [join(name, 'main.js')], { cwd: temporary, stdio: 'inherit' });
} finally {
  rmSync(temporary, { recursive: true });
}
