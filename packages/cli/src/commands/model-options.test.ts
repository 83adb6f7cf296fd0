import { AUTOENCODERS, type ModelKey } from '@weft/models';
import { expect, test } from 'vitest';
import { checkModelOptions, modelOptions, optionsOfModel } from './model-options.js';

test('there is an option for each that a model has, and its help names the models', () => {
  for (const [key, { options }] of Object.entries(AUTOENCODERS)) {
    for (const name of options) expect(modelOptions[name].help, name).toMatch(new RegExp(`Of .*\\b${key}\\b`));
  }
});

test('a model is given the options that it has, and no other', () => {
  const values = { filters: '8,16', beta: 0, latentSize: 4, batchNormalization: false };
  expect(optionsOfModel(values, 'vae')).toEqual({ filters: [8, 16], latentSize: 4, beta: 0 });
  expect(optionsOfModel(values, 'cae')).toEqual({ filters: [8, 16] });
});

test('an option that none of the models has is refused by name', () => {
  const check =
    (...keys: ModelKey[]) =>
    () =>
      checkModelOptions({ beta: 2 }, keys);
  expect(check('cae', 'vae')).not.toThrow();
  expect(check('cae', 'cdae')).toThrow(
    '--beta: cae, cdae have no such option. It is an option of vae. Leave it out, or choose --model vae.',
  );
});
