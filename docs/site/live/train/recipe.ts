import { element } from '../shared/element.js';
import { type Settings, VALIDATION_SPLIT } from './settings.js';

/** What a training is made of, besides the settings. */
export interface RecipeFacts {
  readonly denoises: boolean;
  /** Name of the visitor's file. */
  readonly file: string | undefined;
}

/** Shows how to train the same weights in Node. */
export function showRecipe(settings: Settings, facts: RecipeFacts): void {
  const command = commandOf(settings, facts);
  element('command-part', HTMLDivElement).hidden = command === undefined;
  element('command', HTMLElement).textContent = command ?? '';
  element('program', HTMLElement).textContent = programOf(settings, facts);
}

/** The call of `weft train`; undefined where it has no options for what was done. */
function commandOf(settings: Settings, { denoises }: RecipeFacts): string | undefined {
  const { model, data, images, epochs, batchSize, learningRate, noise, seed, rates } = settings;
  if (data !== 'synthetic' || rates.length > 0) return undefined;
  return [
    `weft train --dataset synthetic --model ${model} --limit ${images}`,
    `--epochs ${epochs} --batch-size ${batchSize} --learning-rate ${learningRate}`,
    `--validation-split ${VALIDATION_SPLIT} --seed ${seed}${denoises ? ` --noise gaussian:${noise}` : ''} --out my-run`,
  ].join(' \\\n  ');
}

/** A program that prints the SHA-256 of the weights. */
function programOf(settings: Settings, { denoises, file }: RecipeFacts): string {
  const { model, data, images, epochs, batchSize, learningRate, noise, seed, rates } = settings;
  const fromData = data === 'file' ? ['readIdx'] : ['asExamples', 'syntheticGarments'];
  const ofData = [...fromData, ...(denoises ? ['corruption', 'parseNoise'] : [])].sort(byName);
  const ofPool = ['Adam', 'fit', 'weightsSha256', ...(rates.length > 0 ? ['LearningRateScheduler'] : [])].sort(byName);
  return [
    ...(data === 'file' ? [`import { readFileSync } from 'node:fs';`] : []),
    `import { ${ofData.join(', ')} } from '@weft/data';`,
    `import { buildAutoencoder, imageLoss } from '@weft/models';`,
    `import { ${ofPool.join(', ')} } from '@weft/pool';`,
    '',
    ...(data === 'file' ? fileLines(file ?? 'FILE', images) : drawnLines(images)),
    `const autoencoder = buildAutoencoder('${model}', { ${data === 'file' ? 'height, width, ' : ''}seed: ${seed} });`,
    ...(rates.length > 0
      ? [`const rates = { ${rates.map(({ epoch, rate }) => `${epoch}: ${rate}`).join(', ')} };`]
      : []),
    `await fit(autoencoder.model, { x }, {`,
    `  epochs: ${epochs},`,
    `  batchSize: ${batchSize},`,
    `  seed: ${seed},`,
    `  validationSplit: ${VALIDATION_SPLIT},`,
    `  ...autoencoder.objective(imageLoss('mse'), new Adam({ learningRate: ${learningRate} })),`,
    ...(denoises ? [`  corrupt: corruption(parseNoise('gaussian:${noise}')),`] : []),
    ...(rates.length > 0 ? [`  callbacks: [new LearningRateScheduler((epoch, rate) => rates[epoch] ?? rate)],`] : []),
    `});`,
    `console.log(weightsSha256(autoencoder.model));`,
  ].join('\n');
}

const byName = (a: string, b: string) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1);

const drawnLines = (images: number) => [
  `const { train } = syntheticGarments({ trainCount: ${images}, testCount: 1 });`,
  `const x = asExamples(train);`,
];

const fileLines = (name: string, images: number) => [
  `const { data, shape } = readIdx(readFileSync(${JSON.stringify(name)}));`,
  `const [, height, width] = shape;`,
  `const x = { data: data.subarray(0, ${images} * height * width), scale: 1 / 255, shape: [height, width, 1] };`,
];
