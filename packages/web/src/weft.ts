// The whole package in one file, for pages that use no bundler. Workers lie beside it.
export * from './index.js';
