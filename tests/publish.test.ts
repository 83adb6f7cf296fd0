import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { PACK } from '../scripts/packages.js';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const workflow = parse(read('.github/workflows/publish.yml'));
const steps: { run?: string; uses?: string }[] = workflow.jobs.publish.steps;
const runs = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));

it('nothing is published before the gate has passed and the tag is the version', () => {
  expect(workflow.on).toEqual({ push: { tags: ['v*'] } });
  expect(runs.map((run) => run.split(' ')[0])).toEqual(['bash', 'test', 'npx']);
  expect(runs[0]).toBe('bash .ci/run');
});

it('the packages that are published are those that the tests pack', () => {
  const [flag, which] = PACK;
  expect(runs.at(-1)).toContain(`pnpm ${flag} '${which}' publish`);
});

it('all packages have one version, and may be published', () => {
  const manifests = readdirSync(new URL('../packages', import.meta.url)).map((name) =>
    JSON.parse(read(`packages/${name}/package.json`)),
  );
  expect(new Set(manifests.map(({ version }) => version)).size).toBe(1);
  for (const { name, private: isPrivate, license } of manifests) {
    expect({ name, isPrivate, license }).toEqual({ name, isPrivate: undefined, license: 'MIT' });
  }
});
