import { RandomStream } from '@weft/core';
import { encodeExploration } from '@weft/formats';

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const COMPONENTS = 50;
const NEIGHBOURS = 8;

/** An exploration file of so many images in ten clusters: what it costs to draw depends on their number alone. */
export function drawnExploration(count: number): Uint8Array {
  const random = new RandomStream(42, 0);
  const noise = (length: number) => Float32Array.from({ length }, () => random.uniform() - 0.5);
  const labels = Uint8Array.from({ length: count }, (_, index) => index % 10);
  const scores = noise(count * COMPONENTS);
  labels.forEach((label, index) => {
    scores[index * COMPONENTS] += Math.cos(label);
    scores[index * COMPONENTS + 1] += Math.sin(label);
  });
  // Rows of a unit matrix are orthonormal.
  const components = new Float32Array(COMPONENTS * PIXELS);
  for (let row = 0; row < COMPONENTS; row++) components[row * PIXELS + row] = 1;
  const originals = Uint8Array.from({ length: count * PIXELS }, () => random.integer(256));
  return encodeExploration({
    ...{ model: 'cae', title: 'CAE', run: 'drawn', dataset: 'noise', synthetic: true, weightsSha256: '0'.repeat(64) },
    ...{ classNames: Array.from({ length: 10 }, (_, label) => `class ${label}`), latentShape: [PIXELS] },
    ...{ count, height: SIDE, width: SIDE, channels: 1, labels, scores, components, originals },
    errors: noise(count).map(Math.abs),
    mean: new Float32Array(PIXELS),
    explainedVarianceRatio: Float32Array.from({ length: COMPONENTS }, () => 1 / COMPONENTS),
    neighbours: Uint32Array.from({ length: count * NEIGHBOURS }, (_, index) => {
      const [image, place] = [Math.floor(index / NEIGHBOURS), index % NEIGHBOURS];
      return (image + place + 1) % count;
    }),
    reconstructions: originals,
  });
}
