// Makes the files of @weft/web that a page or a bundler takes as they are, without a module that they import:
// the workers, and one file that holds everything. Run by the package's build, in its folder.
import { writeFileSync } from 'node:fs';
import { rolldown } from 'rolldown';

/**
 * Files in the package's `dist`, each with the format that it gets.
 *
 * @type {Record<string, 'iife' | 'esm'>}
 */
const FORMATS = {
  'worker.js': 'iife',
  'reference-worker.js': 'iife',
  'isolation-worker.js': 'iife',
  'weft.js': 'esm',
};

const writers = [];
for (const [file, format] of Object.entries(FORMATS)) {
  const bundle = await rolldown({ input: `dist/${file}`, platform: 'browser', logLevel: 'warn' });
  const { output } = await bundle.generate({ format, minify: true, codeSplitting: false, comments: false });
  writers.push(() => writeFileSync(`dist/${file}`, output[0].code));
}
// Only now: each file takes the place of the one that it was made of.
for (const write of writers) write();
