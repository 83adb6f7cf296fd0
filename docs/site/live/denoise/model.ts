import type { ModelFacts } from './calls.js';

/**
 * What is known of a model in sentences.
 *
 * @param file name of the visitor's file; undefined for the model of the site
 */
export function modelText({ name, weights, card }: ModelFacts, file: string | undefined): string {
  const kind = card.model === 'cdae' ? 'A convolutional denoising autoencoder (CDAE)' : `The model “${name}”`;
  const first = `${kind} with ${weights.toLocaleString('en')} weights${file === undefined ? '' : `, from ${file}`}.`;
  const facts = [...dataOf(card.dataset), ...noiseOf(card.noise)];
  if (facts.length === 0) return first;
  return `${first} It was trained ${file === undefined ? 'when this site was built, ' : ''}on ${facts.join(' with ')}.`;
}

function dataOf(dataset: unknown): string[] {
  if (typeof dataset !== 'string' || dataset === '') return [];
  const known: Readonly<Record<string, string>> = {
    synthetic: 'garments drawn by code',
    'fashion-mnist': 'Fashion-MNIST',
  };
  return [known[dataset] ?? dataset];
}

/** A text such as gaussian:0.4 or gaussian:0.1..0.5 in words. */
function noiseOf(noise: unknown): string[] {
  if (typeof noise !== 'string' || noise === '') return [];
  const [, low, high] = /^gaussian:([\d.e-]+?)(?:\.\.([\d.e-]+))?$/.exec(noise) ?? [];
  if (low === undefined) return [`noise ${noise}`];
  return [`noise of strength ${high === undefined ? low : `${low} to ${high}`}`];
}
