import { defineConfig, type Plugin } from 'vitest/config';
import { exploreScriptModule } from './scripts/bundle-explore.js';

/** Ends a test that hangs, and no other: on a slow machine that others use, too, a test may take minutes. */
const HUNG_MILLISECONDS = 600_000;

/** Puts the script of explorable figures where the build of @weft/report puts it. */
const exploreScript: Plugin = {
  name: 'explore-script',
  load: (id) => (id.endsWith('/report/src/page/explore-script.ts') ? exploreScriptModule() : undefined),
};

// Tests run on the sources: every package answers to the `weft-source` export condition.
export default defineConfig({
  plugins: [exploreScript],
  resolve: { conditions: ['weft-source'] },
  ssr: { resolve: { conditions: ['weft-source'], externalConditions: ['weft-source'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'benchmarks/src/**/*.test.ts',
      'tests/**/*.test.ts',
      'verification/test/**/*.test.ts',
    ],
    setupFiles: ['tests/support/property-seed.ts', 'tests/support/verification.ts'],
    testTimeout: HUNG_MILLISECONDS,
    hookTimeout: HUNG_MILLISECONDS,
    maxWorkers: 2,
  },
});
