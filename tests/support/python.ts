import { spawnSync } from 'node:child_process';

/** A Python with the modules that a test needs, or what is missing. */
export type FoundPython = { readonly path: string } | { readonly missing: string };

/** The Python that `WEFT_PYTHON` names, or `python3`, if it has such modules. */
export function findPython(...modules: readonly string[]): FoundPython {
  const path = process.env.WEFT_PYTHON ?? 'python3';
  const { status } = spawnSync(path, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' });
  return status === 0 ? { path } : { missing: `no ${path} with ${modules.join(', ')}; WEFT_PYTHON names another` };
}

/** What a script prints. */
export function runPython(
  { path }: { readonly path: string },
  script: string,
  args: readonly string[],
  input = '',
): string {
  const { status, stdout, stderr } = spawnSync(path, ['-c', script, ...args], { encoding: 'utf8', input });
  if (status !== 0) throw new Error(`Python ended with ${status}: ${stderr}`);
  return stdout;
}
