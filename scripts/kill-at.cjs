// Given to node with --require: the command kills itself with SIGKILL where it writes a file. WEFT_KILL_AT is the file's
// number, from 1, and the place: `12@half` when half of the 12th is written, `12@whole` before it gets its name,
// `12@named` thereafter. So a kill comes neither too early nor too late, however slow the machine is.
const files = require('node:fs/promises');
const { syncBuiltinESMExports } = require('node:module');
const { isMainThread } = require('node:worker_threads');

// biome-ignore lint/suspicious/noUndeclaredEnvVars: no task of turbo reads it
const [number, place] = (process.env.WEFT_KILL_AT ?? '').split('@');
const { open, rename } = files;
let written = 0;
/** @type {unknown} */
let last;

const die = () => process.kill(process.pid, 'SIGKILL');

if (isMainThread && number) {
  files.open = async (path, flags, mode) => {
    const file = await open(path, flags, mode);
    // Files are written beside their place, under names that are new.
    if (flags !== 'wx' || ++written !== Number(number)) return file;
    last = path;
    const { writeFile } = file;
    file.writeFile = async (content, ...rest) => {
      const half = /** @type {string} */ (content).slice(0, /** @type {string} */ (content).length / 2);
      await writeFile.call(file, place === 'half' ? half : content, ...rest);
      if (place === 'half') die();
    };
    return file;
  };
  files.rename = async (from, to) => {
    if (from === last && place === 'whole') die();
    await rename(from, to);
    if (from === last && place === 'named') die();
  };
  syncBuiltinESMExports();
}
