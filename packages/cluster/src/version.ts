import { createRequire } from 'node:module';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/** The version of this package, which is that of all of Weft's. */
export const CODE_VERSION = version;
