import type { ModelRecord, RunRecord } from '@weft/report';
import { formatTable, formatValue } from '../terminal/text.js';
import { modelTitle } from './model-keys.js';

/** The data set's name for people. */
export function datasetTitle(name: string): string {
  if (name === 'fashion-mnist') return 'Fashion-MNIST';
  return name === 'synthetic' ? 'synthetic garments (a stand-in, not Fashion-MNIST)' : name;
}

type Tested = Pick<ModelRecord, 'testError' | 'psnr' | 'ssim'>;

const HEADINGS = ['mean MSE', 'median', 'p95', 'max', 'PSNR', 'SSIM'];

function testCells({ testError: { mean, median, p95, max }, psnr, ssim }: Tested): string[] {
  return [...[mean, median, p95, max].map(formatValue), decibels(psnr.mean), ssim.mean.toFixed(4)];
}

/** Identical images have an infinite PSNR, which is no number of decibels. */
function decibels(psnr: number): string {
  return Number.isFinite(psnr) ? `${psnr.toFixed(2)} dB` : formatValue(psnr);
}

/** A table of models' results on the test set. */
export function testTable(models: readonly { readonly name: string; readonly result: Tested }[]): string {
  return formatTable([['', ...HEADINGS], ...models.map(({ name, result }) => [name, ...testCells(result)])]);
}

/** The final numbers of a run, as a table. */
export function resultsTable({ models, dataset, data }: RunRecord): string {
  const rows = Object.entries(models).map(([key, model]) => {
    const { loss, valLoss } = model.history;
    const last = (losses: readonly number[]) => (losses.length > 0 ? formatValue(losses[losses.length - 1]) : '-');
    return [model.title ?? modelTitle(key), last(loss), last(valLoss), ...testCells(model)];
  });
  const heading = `${datasetTitle(dataset)}, ${data.testCount.toLocaleString('en-GB')} test images`;
  return `${heading}\n${formatTable([['', 'loss', 'val_loss', ...HEADINGS], ...rows])}`;
}
