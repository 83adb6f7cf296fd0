import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

/** What the service worker's source says where the list is to stand. */
const PLACE = /(['"`])__PRECACHE__\1/;

const hashOf = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex').slice(0, 16);

/** Hands the service worker the list of all other files of the build, each with the hash of its content. */
export function precache(worker: string): Plugin {
  return {
    name: 'weft-precache',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const chunk = bundle[worker];
        if (chunk?.type !== 'chunk' || !PLACE.test(chunk.code)) {
          throw new Error(`precache: ${worker} has no place for the list of files; expected '__PRECACHE__' in it.`);
        }
        const files = Object.values(bundle)
          .filter(({ fileName }) => fileName !== worker)
          .map((file) => {
            const content = file.type === 'chunk' ? file.code : file.source;
            return [file.fileName, hashOf(content)] as const;
          })
          .sort(([a], [b]) => (a < b ? -1 : 1));
        chunk.code = chunk.code.replace(PLACE, () => JSON.stringify({ version: hashOf(JSON.stringify(files)), files }));
      },
    },
  };
}
