import { grad, mean, randomUniform, reshape, sigmoid, sum, type Tensor, tensor, zeros } from '@weft/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Activation,
  binaryFocalCrossentropy,
  binaryFocalCrossentropyWith,
  categoricalCrossentropy,
  categoricalFocalCrossentropy,
  categoricalFocalCrossentropyWith,
  cosineSimilarity,
  dice,
  hinge,
  huber,
  huberWith,
  klDivergence,
  type Loss,
  logCosh,
  msSsimLoss,
  msSsimLossWith,
  poisson,
  sparseCategoricalCrossentropyWith,
  ssimLoss,
  ssimLossWith,
  tversky,
  tverskyWith,
} from '../index.js';

const softmax = (x: Tensor) => new Activation({ activation: 'softmax' }).call(x);
const gradientOf = (loss: Loss, prediction: Tensor, target: Tensor) =>
  grad(mean(loss(prediction, target)), [prediction])[0].toArray();
const image = (seed: number, shape = [2, 12, 13, 2]) => randomUniform(shape, { seed });

describe('losses and gradients are finite', () => {
  const numbers = [0, 1e-30, -1e-30, 1e-3, -0.5, 3, -40, 1e4, -1e6, 1e15, -1e18];
  const x = tensor(numbers, [1, numbers.length]);
  const target = zeros([1, numbers.length]);

  test.each<[string, Loss]>([
    ['huber', huber],
    ['logCosh', logCosh],
    ['hinge', hinge],
  ])('%s, for any difference', (_, loss) => {
    for (const values of [loss(x, target).toArray(), gradientOf(loss, x, target)]) {
      expect([...values].filter((value) => !Number.isFinite(value))).toEqual([]);
    }
  });

  test.each<[string, Loss]>([
    ['binaryFocalCrossentropy', binaryFocalCrossentropyWith({ fromLogits: true })],
    ['of gamma 0', binaryFocalCrossentropyWith({ fromLogits: true, gamma: 0 })],
    ['of gamma 0.5', binaryFocalCrossentropyWith({ fromLogits: true, gamma: 0.5 })],
    ['of gamma 3', binaryFocalCrossentropyWith({ fromLogits: true, gamma: 3 })],
    ['categoricalFocalCrossentropy', categoricalFocalCrossentropyWith({ fromLogits: true })],
    ['of gamma 0.5 over classes', categoricalFocalCrossentropyWith({ fromLogits: true, gamma: 0.5 })],
  ])('%s, for logits that are certain, right or wrong', (_, loss) => {
    const logits = tensor([
      [0, 200, -200],
      [-90, 90, 0],
    ]);
    for (const hot of [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]) {
      const wanted = tensor([hot, hot]);
      for (const values of [loss(logits, wanted).toArray(), gradientOf(loss, logits, wanted)]) {
        expect([...values].filter((value) => !Number.isFinite(value))).toEqual([]);
      }
    }
  });

  test.each<[string, Loss]>([
    ['binaryFocalCrossentropy', binaryFocalCrossentropy],
    ['categoricalFocalCrossentropy', categoricalFocalCrossentropy],
    ['klDivergence', klDivergence],
    ['poisson', poisson],
    ['dice', dice],
    ['tversky', tversky],
    ['cosineSimilarity', cosineSimilarity],
  ])('%s, for probabilities of 0 and 1', (_, loss) => {
    const probabilities = tensor([
      [1, 0],
      [0, 1],
    ]);
    const wanted = tensor([
      [1, 0],
      [1, 0],
    ]);
    for (const values of [loss(probabilities, wanted).toArray(), gradientOf(loss, probabilities, wanted)]) {
      expect([...values].filter((value) => !Number.isFinite(value))).toEqual([]);
    }
  });

  test('cosineSimilarity, dice and ssimLoss, for zeros', () => {
    for (const loss of [cosineSimilarity, dice, ssimLoss]) {
      const [x, t] = [zeros([1, 11, 11, 3]), image(1, [1, 11, 11, 3])];
      expect([...gradientOf(loss, x, t)].every(Number.isFinite)).toBe(true);
      expect([...gradientOf(loss, x, x)].every(Number.isFinite)).toBe(true);
    }
  });
});

describe('of the result of a sigmoid or softmax', () => {
  const z = tensor([
    [1, -2, 0.5],
    [3, 4, -1],
  ]);
  const target = tensor([
    [1, 0, 0],
    [0, 1, 0],
  ]);
  test.each<[string, Loss, Loss, (x: Tensor) => Tensor]>([
    ['binary', binaryFocalCrossentropy, binaryFocalCrossentropyWith({ fromLogits: true }), sigmoid],
    ['categorical', categoricalFocalCrossentropy, categoricalFocalCrossentropyWith({ fromLogits: true }), softmax],
  ])('the %s focal loss is that of the logits', (_, loss, ofLogits, activation) => {
    const wanted = ofLogits(z, target).toArray();
    expect(loss(activation(z), target).toArray()).toEqual(wanted);
    expect(loss(reshape(activation(reshape(z, [2, 1, 3])), [2, 3]), target).toArray()).toEqual(wanted);
  });

  test('the divergence grows on where a clipped probability would not', () => {
    const logits = tensor([[0, 200]]);
    expect(klDivergence(softmax(logits), tensor([[1, 0]])).item()).toBeCloseTo(200, 3);
    const [gradient] = grad(sum(klDivergence(softmax(logits), tensor([[1, 0]]))), [logits]);
    expect(gradient.toArray()[0]).toBeCloseTo(-1, 5);
  });
});

describe('laws', () => {
  const vector = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 6, maxLength: 6 });
  const shares = (list: readonly number[]) => {
    const total = list.reduce((a, b) => a + b);
    return tensor(
      list.map((each) => each / total),
      [1, 6],
    );
  };

  test('the divergence is 0 from itself, positive from others, and cross-entropy minus entropy', () => {
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        const [p, t] = [shares(a), shares(b)];
        const divergence = klDivergence(p, t).item();
        expect(divergence).toBeGreaterThan(-1e-6);
        expect(klDivergence(t, t).item()).toBeCloseTo(0, 6);
        const entropy = categoricalCrossentropy(t, t).item();
        expect(divergence).toBeCloseTo(categoricalCrossentropy(p, t).item() - entropy, 5);
      }),
      { numRuns: 30 },
    );
  });

  test('the cosine does not depend on lengths, and changes its sign with a vector', () => {
    fc.assert(
      fc.property(vector, vector, fc.double({ min: 0.01, max: 100, noNaN: true }), (a, b, factor) => {
        const [p, t] = [tensor(a, [1, 6]), tensor(b, [1, 6])];
        const loss = cosineSimilarity(p, t).item();
        expect(Math.abs(loss)).toBeLessThan(1 + 1e-6);
        expect(cosineSimilarity(p.mul(factor), t).item()).toBeCloseTo(loss, 5);
        expect(cosineSimilarity(p.neg(), t).item()).toBeCloseTo(-loss, 5);
        expect(cosineSimilarity(p, p).item()).toBeCloseTo(-1, 6);
      }),
      { numRuns: 30 },
    );
  });

  test('tversky with halves is dice, and its weights are of what is missed and of what is found in vain', () => {
    const [p, t] = [tensor([[1, 1, 0, 0]]), tensor([[1, 0, 1, 1]])];
    expect(tversky(p, t).item()).toBeCloseTo(dice(p, t).item(), 6);
    expect(tverskyWith({ alpha: 1, beta: 0 })(p, t).item()).toBeCloseTo(2 / 3, 6);
    expect(tverskyWith({ alpha: 0, beta: 1 })(p, t).item()).toBeCloseTo(1 / 2, 6);
  });

  test('huber is half of the squared error near 0 and goes on in a straight line', () => {
    const at = (delta: number, x: number) => huberWith({ delta })(tensor([x]), tensor([0])).item();
    expect(at(2, 1.5)).toBeCloseTo(1.125, 6);
    expect(at(2, 5) - at(2, 4)).toBeCloseTo(2, 5);
  });

  test('each example is judged by itself', () => {
    const [x, y] = [image(1), image(2)];
    const both = ssimLoss(x, y).toArray();
    const alone = [0, 1].map((at) => ssimLoss(x.slice([at], [at + 1]), y.slice([at], [at + 1])).item());
    both.forEach((loss, at) => {
      expect(loss).toBeCloseTo(alone[at], 6);
    });
  });
});

describe('ssimLoss', () => {
  test('is exactly 0 of an image and itself, without a gradient, and the same for images exchanged', () => {
    const [x, y] = [image(3), image(4)];
    expect([...ssimLoss(x, x).toArray()]).toEqual([0, 0]);
    expect(gradientOf(ssimLoss, x, x).every((value) => value === 0)).toBe(true);
    const [there, back] = [ssimLoss(x, y).toArray(), ssimLoss(y, x).toArray()];
    there.forEach((loss, at) => {
      expect(loss).toBeGreaterThan(0.5);
      expect(loss).toBeCloseTo(back[at], 5);
    });
  });

  test('keeps its digits for images that are nearly the same, where 1 - SSIM would have none', () => {
    // With a difference of e times the same noise everywhere, the loss is e^2 times a constant.
    const [x, noise] = [image(5), image(6)];
    const [large, small] = [1e-2, 1e-4].map((e) => ssimLoss(x.add(noise.sub(0.5).mul(e)), x).toArray()[0] / e / e);
    expect(Math.abs(small / large - 1)).toBeLessThan(0.02);
  });

  test('of two flat images is that of their luminance alone', () => {
    const [a, b, c1] = [0.9, 0.8, 1e-4];
    const [x, y] = [a, b].map((level) => zeros([1, 12, 13, 1]).add(level));
    const wanted = 1 - (2 * a * b + c1) / (a * a + b * b + c1);
    expect(Math.abs(ssimLoss(x, y).item() / wanted - 1)).toBeLessThan(1e-5);
  });

  test('is the same for pixels of another range', () => {
    const [x, y] = [image(7), image(8)];
    const scaled = ssimLossWith({ dataRange: 255 })(x.mul(255), y.mul(255)).toArray();
    ssimLoss(x, y)
      .toArray()
      .forEach((loss, at) => {
        expect(scaled[at]).toBeCloseTo(loss, 5);
      });
  });

  test('refuses what the window does not fit into', () => {
    const [small, flat] = [zeros([1, 8, 12, 1]), zeros([2, 12, 12])];
    expect(() => ssimLoss(small, small)).toThrow('ssimLoss: the window is 11x11 but the images are 8x12. Choose a');
    for (let side = 1; side < 11; side++) {
      const images = zeros([1, side, 12, 1]);
      const advised = side % 2 === 0 ? side - 1 : side;
      expect(() => ssimLoss(images, images)).toThrow(`ssimLossWith({ windowSize: ${advised} })`);
      expect(ssimLossWith({ windowSize: advised })(images, images).toArray()).toEqual(Float32Array.of(0));
    }
    expect(() => ssimLoss(flat, flat)).toThrow('ssimLoss: got [2,12,12]; expected images');
    expect(() => ssimLossWith({ windowSize: 4 })).toThrow('windowSize is 4; expected an odd whole number of pixels');
  });
});

describe('msSsimLoss', () => {
  const small = msSsimLossWith({ windowSize: 3 });

  test('of one scale is ssimLoss', () => {
    const [x, y] = [image(3), image(3).mul(0.5).add(image(4).mul(0.2))];
    const wanted = ssimLoss(x, y).toArray();
    msSsimLoss(x, y)
      .toArray()
      .forEach((loss, at) => {
        expect(loss).toBeCloseTo(wanted[at], 6);
      });
  });

  test('is exactly 0 of an image and itself, without a gradient', () => {
    for (const loss of [msSsimLoss, small]) {
      const x = image(3, [2, 25, 31, 2]);
      expect([...loss(x, x).toArray()]).toEqual([0, 0]);
      expect(gradientOf(loss, x, x).every((value) => value === 0)).toBe(true);
    }
  });

  test('keeps its digits for images that are nearly the same', () => {
    const [x, noise] = [image(5), image(6)];
    const [large, less] = [1e-2, 1e-4].map((e) => small(x.add(noise.sub(0.5).mul(e)), x).toArray()[0] / e / e);
    expect(Math.abs(less / large - 1)).toBeLessThan(0.02);
  });

  test('has the same value and gradient on both sides of where its series ends', () => {
    const [x, noise] = [image(5, [1, 24, 24, 1]), image(6, [1, 24, 24, 1]).sub(0.5)];
    // Dissimilarities of both scales go through 0.05 on the way.
    const losses = Array.from({ length: 60 }, (_, at) => msSsimLoss(x.add(noise.mul(0.1 + 0.005 * at)), x).item());
    const steps = losses.slice(1).map((loss, at) => loss - losses[at]);
    steps.slice(1).forEach((step, at) => {
      expect(step).toBeGreaterThan(0);
      expect(Math.abs(step - steps[at])).toBeLessThan(3e-4);
    });
  });

  test('is 1 where images are opposites, with a gradient that is finite', () => {
    const x = image(3, [2, 25, 31, 2]);
    const opposite = x.mul(-1).add(1);
    for (const loss of [msSsimLoss, small]) {
      expect([...loss(opposite, x).toArray()]).toEqual([1, 1]);
      expect(gradientOf(loss, opposite, x).every(Number.isFinite)).toBe(true);
    }
  });

  test('takes as many scales as the window fits into', () => {
    const scales = (side: number) => {
      const [x, y] = [image(7, [1, side, 48, 1]), image(8, [1, side, 48, 1])];
      const [a, b] = [x, x.mul(0.7).add(y.mul(0.3))];
      const all = msSsimLoss(b, a).item();
      const weights = [0.0448, 0.2856, 0.3001];
      const of = (count: number) => msSsimLossWith({ powerFactors: normalised(weights.slice(0, count)) })(b, a).item();
      return [1, 2, 3].find((count) => Math.abs(of(count) - all) < 1e-6);
    };
    const normalised = (weights: readonly number[]) => {
      const total = weights.reduce((so, weight) => so + weight);
      return weights.map((weight) => weight / total);
    };
    expect([11, 20, 21, 40, 41].map(scales)).toEqual([1, 1, 2, 2, 3]);
  });

  test('refuses what the window does not fit into, and weights that are none', () => {
    const tiny = zeros([1, 8, 12, 1]);
    expect(() => msSsimLoss(tiny, tiny)).toThrow('msSsimLoss: the window is 11x11 but the images are 8x12. Choose a');
    expect(() => msSsimLossWith({ powerFactors: [] })).toThrow(
      'powerFactors is []; expected at least one number above',
    );
    expect(() => msSsimLossWith({ powerFactors: [1, 0] })).toThrow('powerFactors is [1,0]');
  });
});

describe('options', () => {
  test('are refused by name where they make no sense', () => {
    expect(() => huberWith({ delta: 0 })).toThrow('huberWith: delta is 0; expected a number above 0');
    expect(() => huberWith({ Delta: 1 } as never)).toThrow("huberWith: there is no option 'Delta'");
    expect(() => tverskyWith({ alpha: Number.NaN })).toThrow('tverskyWith: alpha is NaN; expected a number from 0.');
    expect(() => binaryFocalCrossentropyWith({ labelSmoothing: 2 })).toThrow('labelSmoothing is 2; expected a number');
    expect(() => sparseCategoricalCrossentropyWith({ ignoreClass: 0.5 })).toThrow('ignoreClass is 0.5; expected');
    expect(() => klDivergence(zeros([3]), zeros([3]))).toThrow('klDivergence: the prediction is [3]; expected [batch,');
  });

  test('ignoreClass leaves places out, also all of them', () => {
    const loss = sparseCategoricalCrossentropyWith({ ignoreClass: 255 });
    const p = tensor([
      [
        [0.5, 0.5],
        [0.9, 0.1],
      ],
      [
        [0.5, 0.5],
        [0.9, 0.1],
      ],
    ]);
    const labels = tensor([
      [0, 255],
      [255, 255],
    ]);
    expect([...loss(p, labels).toArray()]).toEqual([Math.fround(Math.LN2), 0]);
    expect(gradientOf(loss, p, labels).slice(2)).toEqual(new Float32Array(6));
    expect(loss(tensor([[0.5, 0.5]]), tensor([7])).item()).toBeNaN();
  });
});
