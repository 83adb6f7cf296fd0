import { type Explored, percent } from './explored.js';

const DATASETS: Readonly<Record<string, string>> = { 'fashion-mnist': 'Fashion-MNIST' };

/** What a file holds, in a sentence or two. */
export function factsText({ exploration }: Explored, file: string | undefined): string {
  const { title, run, dataset, synthetic, count, explainedVarianceRatio: ratios, noise } = exploration;
  const images = synthetic
    ? 'drawn garments, a stand-in for real pictures'
    : `test images of ${DATASETS[dataset] ?? dataset}`;
  const held = percent(ratios.reduce((sum, ratio) => sum + ratio, 0));
  const components = ratios.length === 1 ? '1 component holds' : `${ratios.length} components hold`;
  const origin = file === undefined ? '' : ` From ${file}, run ${run}.`;
  const task = noise === undefined ? '' : `, which takes away ${noise}`;
  return `${title}${task}: ${count.toLocaleString('en')} ${images}. ${components} ${held} of the variance of the latents.${origin}`;
}
