import { defineConfig } from 'vitest/config';

/** Ends a test that hangs, and no other: on a slow machine that others use, too, a test may take minutes. */
const HUNG_MILLISECONDS = 600_000;

// Tests run on the sources: every package answers to the `weft-source` export condition.
export default defineConfig({
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
