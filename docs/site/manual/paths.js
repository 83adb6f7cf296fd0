import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Where the site is put together. The live pages are there. */
export const site = fileURLToPath(new URL('../dist', import.meta.url));

/** What VitePress reads: pages from all over the repository, and the API reference. */
export const staged = fileURLToPath(new URL('staged', import.meta.url));

/** What VitePress writes. */
export const built = fileURLToPath(new URL('dist', import.meta.url));
