// Installs native ONNX Runtime aside and prints the folder; prints nothing where npm does not bring it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '1.30.0';
const folder = fileURLToPath(new URL('../node_modules/.cache/weft-onnx-runtime', import.meta.url));

mkdirSync(folder, { recursive: true });
const options = ['--silent', '--no-save', '--ignore-scripts', '--fetch-retries', '0', '--prefix', folder];
const { status } = spawnSync('npm', ['install', ...options, `onnxruntime-node@${VERSION}`], {
  stdio: 'ignore',
  shell: process.platform === 'win32',
});
if (status === 0 || existsSync(join(folder, 'node_modules', 'onnxruntime-node'))) console.log(folder);
else console.error('Tests with ONNX Runtime are skipped: npm does not bring it.');
