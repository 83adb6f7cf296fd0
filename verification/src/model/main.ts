import { commandLine } from '../../../scripts/command-line.js';
import { PROPERTIES } from './configuration.js';
import { LARGE } from './configurations.js';
import { explore } from './explore.js';
import { MUTANTS, mutated } from './mutants.js';

// Goes through the model and prints what was found. Exits with 1 if a property does not hold or a mistake was not found.

commandLine({
  name: 'pnpm model',
  about: "Goes through every order of events at the workers' barrier, and finds mistakes that were made on purpose.",
});

const numbers = (value: number) => value.toLocaleString('en').padStart(10);
console.log('workers  steps  leaves  slices  failures  stops  restarts      states       moves');
for (const configuration of LARGE) {
  const { workers, legs, leaves, slices, failures, stops, restarts } = configuration;
  const { states, moves, violation } = explore(configuration);
  const steps = legs.map((end, leg) => end - (legs[leg - 1] ?? 0)).join('+');
  const cells = [workers, steps, leaves, slices, failures, stops, restarts].map((value, column) =>
    String(value).padStart([7, 5, 6, 6, 8, 5, 8][column]),
  );
  console.log(`${cells.join('  ')}  ${numbers(states)}  ${numbers(moves)}`);
  if (violation) {
    process.exitCode = 1;
    console.log(`\n${violation.trace.join('\n')}\nViolated: ${PROPERTIES[violation.error.property]}.`);
    console.log(violation.error.message);
  }
}
if (!process.exitCode) console.log(`\nIn all states:\n${Object.values(PROPERTIES).join('\n')}\n`);

console.log('Mistakes made on purpose, and what the model says of them:');
for (const mutant of MUTANTS) {
  const { violation } = explore(mutated(mutant));
  if (violation?.error.property !== mutant.violates) process.exitCode = 1;
  console.log(
    `${mutant.name}: ${violation ? `${violation.error.message} (${violation.trace.length} moves)` : 'NOTHING'}`,
  );
}
