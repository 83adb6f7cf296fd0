import fc from 'fast-check';

// Properties are drawn from one seed, so that the same code passes or fails alike each time it is tested. To look
// further: WEFT_TEST_SEED=7 npx pnpm test.
fc.configureGlobal({ seed: Number(process.env.WEFT_TEST_SEED ?? 1) });
