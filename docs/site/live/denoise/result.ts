import { element } from '../shared/element.js';
import { paintGrey } from '../shared/paint.js';
import type { Compared, Denoised } from './calls.js';

/** Shows a picture with noise and without, and how near both are to the clean one. */
export function showResult({ noisy, denoised }: Denoised): void {
  show('noisy', 'Your picture with noise', noisy);
  show('denoised', 'What the model makes of it', denoised);
}

/** The result as a sentence. */
export function resultText({ noisy, denoised }: Denoised, strength: number): string {
  return `Noise ${strength.toFixed(2)}: ${decibels(noisy.psnr)} and SSIM ${similarity(noisy.ssim)} with noise, ${decibels(denoised.psnr)} and SSIM ${similarity(denoised.ssim)} denoised.`;
}

function show(id: string, title: string, { image, psnr, ssim }: Compared): void {
  const canvas = element(id, HTMLCanvasElement);
  paintGrey(canvas, image, 1);
  canvas.ariaLabel = `${title}: PSNR ${decibels(psnr)}, SSIM ${similarity(ssim)}`;
  element(`${id}-psnr`, HTMLElement).textContent = decibels(psnr);
  element(`${id}-ssim`, HTMLElement).textContent = similarity(ssim);
}

/** Equal pictures have an infinite ratio. */
const decibels = (value: number) => (Number.isFinite(value) ? `${value.toFixed(1)} dB` : '∞ dB');
const similarity = (value: number) => value.toFixed(3);
