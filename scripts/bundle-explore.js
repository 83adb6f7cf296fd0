// Puts the modules of src/explore into one script, which a page holds as text. Run as a program, it puts that text into
// what was built of src/page/explore-script.ts; vitest takes the function, for tests run on the sources.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const at = (/** @type {string} */ path) => fileURLToPath(new URL(`../packages/report/${path}`, import.meta.url));

/**
 * The module that `src/page/explore-script.ts` stands for.
 *
 * @returns {Promise<string>}
 */
export async function exploreScriptModule() {
  const bundle = await rolldown({
    input: at('src/explore/main.ts'),
    platform: 'browser',
    tsconfig: at('tsconfig.explore.json'),
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
    transform: { target: 'es2022' },
  });
  const { output } = await bundle.generate({ format: 'iife', minify: true, codeSplitting: false });
  await bundle.close();
  const code = output[0].code.trim();
  if (/<\/script|<!--/i.test(code)) throw new Error('The script of explorable figures would end its own element.');
  return `export const EXPLORE_SCRIPT = ${JSON.stringify(code)};\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(at('dist/page/explore-script.js'), await exploreScriptModule());
}
