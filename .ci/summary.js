// Counts what vitest has written down, adds the steps that failed, and ends with one line for people and programs.
// Usage: node .ci/summary.js tests.json checks=0 tests=0
import { readFileSync } from 'node:fs';

/** @typedef {{ name: string, status: string, message: string, assertionResults: { fullName: string, status: string }[] }} TestFile */

const [path, ...steps] = process.argv.slice(2);

/** @type {{ testResults: TestFile[] } | undefined} */
let report;
try {
  report = JSON.parse(readFileSync(path, 'utf8'));
} catch (error) {
  console.log(`There are no results of tests: ${error instanceof Error ? error.message : error}`);
}

const files = report?.testResults ?? [];
const tests = files.flatMap((file) => file.assertionResults);
const passed = tests.filter(({ status }) => status === 'passed').length;
const failures = tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
const skipped = tests.length - passed - failures.length;

// A file that could not be loaded, or whose hooks failed, has no failed test to show for it.
for (const { name, status, message, assertionResults } of files) {
  if (status === 'failed' && !assertionResults.some((test) => test.status === 'failed')) {
    failures.push(`${name}: ${message}`);
  }
}
for (const step of steps) {
  const [name, status] = step.split('=');
  const isExplained = name === 'tests' && failures.length > 0;
  if (status !== '0' && !isExplained) failures.push(`The step "${name}" ended with status ${status}.`);
}
if (passed === 0) failures.push('No test has passed.');

if (failures.length > 0) console.log(`\nFailed:\n${failures.map((failure) => `- ${failure}`).join('\n')}\n`);
console.log(`${passed} passed, ${failures.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failures.length > 0 ? 1 : 0;
