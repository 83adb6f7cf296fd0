// Run by each package before it is packed: what was built from sources that are gone must not be published.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

if (!existsSync('dist')) throw new Error('There is no dist folder. Run `npx pnpm build` first.');
for (const file of readdirSync('dist', { recursive: true, encoding: 'utf8' })) {
  const source = /^(.*?)(\.d\.ts|\.js)$/.exec(file)?.[1];
  if (source !== undefined && !existsSync(join('src', `${source}.ts`))) rmSync(join('dist', file));
}
