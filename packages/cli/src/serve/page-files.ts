import { readdir, readFile } from 'node:fs/promises';
import type { Answer } from './answer.js';
import { ICON, SHELL } from './shell.js';
import { STYLE } from './style.js';

/** The compiled files, which lie as the sources do: imports between them are paths here and addresses there. */
const ROOT = new URL('../', import.meta.url);
const SCRIPTS = 'serve/page/';
/** What the page's scripts import from elsewhere. */
const SHARED: readonly string[] = ['terminal/text.js'];

/** The files of our own page. */
export class PageFiles {
  private constructor(private readonly files: ReadonlyMap<string, Answer>) {}

  static async load(): Promise<PageFiles> {
    const own = (await readdir(new URL(SCRIPTS, ROOT))).filter((name) => name.endsWith('.js'));
    const files = new Map<string, Answer>([
      ['/', { type: 'text/html; charset=utf-8', body: SHELL, policy: 'page' }],
      ['/icon.svg', { type: 'image/svg+xml', body: ICON, policy: 'data' }],
      ['/style.css', { type: 'text/css; charset=utf-8', body: STYLE, policy: 'data' }],
    ]);
    for (const name of [...SHARED, ...own.map((file) => `${SCRIPTS}${file}`)]) {
      const body = await readFile(new URL(name, ROOT));
      files.set(`/${name}`, { type: 'text/javascript; charset=utf-8', body, policy: 'data' });
    }
    return new PageFiles(files);
  }

  /** The document that shows a run, or the list of them: its script looks at the address. */
  get shell(): Answer {
    return this.files.get('/') as Answer;
  }

  answer(path: string): Answer | undefined {
    return this.files.get(path);
  }
}
