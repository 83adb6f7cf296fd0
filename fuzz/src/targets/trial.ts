import { MessageError, readTrialMessage, type SentTrial, type trialMessages } from '@weft/cluster';
import type { RandomStream } from '@weft/core';
import { HOSTILE_TEXTS, happens, mutate, pick } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import { sealMessage } from '../seal-message.js';
import { type Drawn, mustHold, type Target } from '../target.js';

const FILES = ['options.json', 'run.json', 'checkpoints/cae-step-8.safetensors'];
const sha256 = (random: RandomStream) => pick(random, ['0', '7', 'f']).repeat(64);

const anyFiles = (random: RandomStream) =>
  FILES.filter(() => happens(random, 0.5)).map((path) => ({
    path,
    bytes: pick(random, [0, 1, 5000]),
    sha256: sha256(random),
  }));

/** The fields of a good message of each kind. */
const KINDS: Readonly<Record<string, (random: RandomStream) => object>> = {
  trial: (random) => ({
    study: 'ab'.repeat(16),
    name: pick(random, ['seed-1', 'A.b_c+9']),
    weft: '0.1.0',
    numerics: pick(random, [0, 4]),
    dataset: pick(random, ['synthetic', '']),
    train: sha256(random),
    test: sha256(random),
    ...(happens(random, 0.5) && { continues: { name: 'earlier', epochs: 3, files: anyFiles(random) } }),
  }),
  start: () => ({ worker: 'ann-1' }),
  refusal: () => ({ worker: 'ann-1', message: 'other data' }),
  error: () => ({ worker: 'ann-1', message: 'no room' }),
  failure: () => ({ worker: 'ann-1', message: '' }),
  checkpoint: (random) => ({ worker: 'ann-1', files: anyFiles(random) }),
  result: (random) => ({
    worker: 'ann-1',
    result: sha256(random),
    files: anyFiles(random),
    ...(happens(random, 0.5) && { measurements: { path: 'measurements.json', bytes: 9, sha256: sha256(random) } }),
  }),
  difference: (random) => ({ worker: 'ann-1', result: sha256(random) }),
};

const OPTIONS = {
  options: { seed: 1, noise: 'blur:1', limit: null, quick: true },
  measures: [{ kind: 'noise', noises: ['blur:1'] }],
};

type TrialFields = Extract<ReturnType<typeof trialMessages.decode>, { kind: 'trial' }>['fields'];

/** What the fields of a trial mean. */
function sentTrial(fields: object): SentTrial {
  const { study, name, weft, numerics, dataset, train, test, continues } = fields as TrialFields;
  const { files = [], ...earlier } = continues ?? { name: '', epochs: 0 };
  return {
    study,
    trial: { name, ...OPTIONS, ...(continues && { continues: earlier }) },
    data: { dataset, train, test },
    versions: { weft, numerics },
    files,
  };
}

const seal = (header: string, payload: string) => sealMessage(header, Buffer.from(payload));

export const trial: Target = {
  name: 'trial',
  draw(random): Drawn {
    const kind = pick(random, Object.keys(KINDS));
    const fields = KINDS[kind](random);
    const payload = kind === 'trial' ? JSON.stringify(OPTIONS) : '';
    const whole = seal(JSON.stringify([kind, fields]), payload);
    if (happens(random, 0.3)) return { bytes: whole, expected: kind === 'trial' ? sentTrial(fields) : fields };
    if (happens(random, 0.2)) return { bytes: mutate(whole, random) };
    if (kind === 'trial' && happens(random, 0.4)) {
      return { bytes: seal(JSON.stringify([kind, fields]), mutateJson(OPTIONS, random)) };
    }
    if ('files' in fields && happens(random, 0.5)) {
      const path = pick(random, [
        ...HOSTILE_TEXTS,
        'checkpoints/../run.json',
        'checkpoints\\run.json',
        '.run.json',
        'run.json/',
      ]);
      return {
        bytes: seal(
          JSON.stringify([kind, { ...fields, files: [{ path, bytes: 1, sha256: sha256(random) }] }]),
          payload,
        ),
      };
    }
    return { bytes: seal(mutateJson([kind, fields], random), payload) };
  },
  read: (bytes) => readTrialMessage(bytes, { isRunFile: (path) => FILES.includes(path), mostBytes: 15_000 }),
  use(value) {
    const { files = [], trial: named } = value as Partial<SentTrial>;
    mustHold(
      files.every(({ path }) => FILES.includes(path)),
      'a file of no run was taken',
    );
    mustHold(named === undefined || /^[a-z0-9][\w.+-]*$/i.test(named.name), 'a name that no folder has was taken');
  },
  isLawful: (error) => error instanceof MessageError && error.message.length < 3000,
};
