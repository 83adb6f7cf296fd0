/** What other libraries call some things, in the form that `plain` gives. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  filepath: 'path',
  filename: 'path',
  file: 'path',
  dir: 'directory',
  folder: 'directory',
  optimiser: 'optimizer',
  nepochs: 'epochs',
  batch: 'batchSize',
  workers: 'threads',
  ontrainbatchend: 'onBatchEnd',
  onstepend: 'onBatchEnd',
};

const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The known name that was probably meant: written another way, another library's word for it, or a slip away. */
export function likelyName(name: string, known: readonly string[]): string | undefined {
  const wanted = plain(name);
  const other = OTHER_NAMES[wanted];
  if (other !== undefined && known.includes(other)) return other;
  const distances = known.map((each) => editDistance(wanted, plain(each)));
  const least = Math.min(...distances);
  return least <= Math.max(1, Math.floor(wanted.length / 4)) ? known[distances.indexOf(least)] : undefined;
}

/** ` Did you mean 'x'?`, or nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  const likely = likelyName(name, known);
  return likely === undefined ? '' : ` Did you mean '${likely}'?`;
}

/** Letters to add, leave out or exchange to make one text of the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
