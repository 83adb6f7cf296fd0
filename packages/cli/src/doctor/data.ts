import { DataError, loadFashionMnist } from '@weft/data';
import { callersFolder } from '../run/directory.js';
import type { Examination, Finding } from './examination.js';

/** What `--dataset auto` would find without a download, with sizes and checksums looked at. */
export async function data(): Promise<Examination> {
  const findings: Finding[] = [];
  const onWarning = (problem: string) =>
    findings.push({ problem, advice: 'Correct WEFT_DATA_DIR, or unset it to use datasets/fashion-mnist.' });
  try {
    const { origin } = await loadFashionMnist({ download: false, onWarning, relativeTo: callersFolder() });
    return { text: `Fashion-MNIST, ${origin}, checksums right`, facts: { found: true, origin }, findings };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const facts = { found: false, reason: error.code };
    // Nothing is wrong with data that are not here yet.
    if (error.code === 'not-found') return { text: error.message, facts, findings };
    const advice = 'Training refuses these files until they are right.';
    return { text: error.message, facts, findings: [...findings, { problem: error.message, advice }] };
  }
}
