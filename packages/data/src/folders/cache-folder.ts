import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Where caches of pictures lie: the folder that is given, the one that `WEFT_CACHE_DIR` names, or `weft/pictures` in the
 * system's folder for caches. That is `XDG_CACHE_HOME` or `~/.cache`, on macOS `~/Library/Caches`, on Windows
 * `LOCALAPPDATA`.
 */
export function cacheFolder(given: string | undefined): string {
  const { WEFT_CACHE_DIR, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const named = given ?? (WEFT_CACHE_DIR || undefined);
  if (named !== undefined) return resolve(named);
  return join(systemFolder(XDG_CACHE_HOME, LOCALAPPDATA), 'weft', 'pictures');
}

function systemFolder(xdg: string | undefined, localAppData: string | undefined): string {
  if (process.platform === 'win32') return localAppData || join(homedir(), 'AppData', 'Local');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return xdg || join(homedir(), '.cache');
}
