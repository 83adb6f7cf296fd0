import { expect, it } from 'vitest';
import { fit as fitOnPool, WorkerPool, weightsSha256 } from '../packages/pool/src/index.js';
import { smallAutoencoder, uniform } from '../packages/pool/test/support/models.js';
import { fit as fitOn } from '../packages/train/src/index.js';
import { withWrongCode } from '../packages/train/test/support/wrong-code.js';

it('threads whose engine makes wrong code end with the bits of right code', async () => {
  const x = uniform(40 * 36);
  const options = { epochs: 3, batchSize: 16, validationSplit: 0.2 };
  const pool = await WorkerPool.create({ threads: 2 });
  try {
    const warnings: string[] = [];
    const [model, other] = [smallAutoencoder(), smallAutoencoder()];
    const runtime = withWrongCode(pool, 1);
    const onWarning = (text: string) => warnings.push(text);
    const { history } = await fitOn(model, { x }, { ...options, runtime, onWarning });
    expect(warnings.join()).toMatch(/128 bits.*SHA-256/);
    expect(history).toEqual((await fitOnPool(other, { x }, { ...options, pool })).history);
    expect(weightsSha256(model)).toBe(weightsSha256(other));
  } finally {
    await pool.close();
  }
});
