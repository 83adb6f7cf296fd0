import { defineConfig } from 'vitest/config';

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
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
