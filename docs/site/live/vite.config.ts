import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { denoiser } from './build/denoiser.js';
import { exploration } from './build/exploration.js';
import { pageFrame } from './build/page-frame.js';
import { precache } from './build/precache.js';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Static files for any host and any base path: every URL in them is relative. */
export default defineConfig({
  root: path('.'),
  base: './',
  publicDir: false,
  plugins: [
    pageFrame(),
    denoiser('models/denoiser.safetensors'),
    exploration('models/explore.safetensors'),
    precache('service-worker.js'),
  ],
  worker: { format: 'es' },
  build: {
    outDir: path('../dist/live'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    // Inlined files would need a looser content security policy.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: {
        denoise: path('denoise/index.html'),
        explore: path('explore/index.html'),
        train: path('train/index.html'),
        'service-worker': path('workers/service-worker.ts'),
      },
      output: {
        // The scope of a service worker is its own folder.
        entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
