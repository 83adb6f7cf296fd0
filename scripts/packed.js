// Says which functions of a training step V8 compiles for 256-bit registers:
// node scripts/packed.js [--model cae] [--fast-math] [--node PATH] [--all]
import { commandLine, wrongUsage } from './command-line.js';
import { FIRST_WIDE, wideNode } from './node-releases.js';
import { packedFunctions, shareOf } from './packed-functions.js';
import { MODEL_NAMES, wideStepModules } from './step-modules.js';

const { values } = commandLine({
  name: 'scripts/packed.js',
  about: 'Says which functions of a training step V8 compiles for 256-bit registers, and why the others are not.',
  options: {
    model: { value: 'NAME', default: 'cae', help: `${MODEL_NAMES.join(' or ')}.` },
    'fast-math': { help: 'Relaxed numerics instead of exact ones.' },
    node: { value: 'PATH', help: `A Node from ${FIRST_WIDE} on; default WEFT_NODE_24, this one, or npm's.` },
    all: { help: 'Show the functions that are packed, too.' },
  },
});
if (!MODEL_NAMES.includes(values.model)) {
  wrongUsage(`--model: got '${values.model}', expected ${MODEL_NAMES.join(' or ')}.`);
}

const node = wideNode(values.node);
if ('missing' in node) wrongUsage(`There is no Node from ${FIRST_WIDE} on to ask: ${node.missing}.`);
else if (node.major < FIRST_WIDE) wrongUsage(`Node ${node.version} packs nothing; it takes ${FIRST_WIDE} or later.`);
else report(node);

/** @param {import('./node-releases.d.ts').NodeRelease} node */
function report(node) {
  const modules = wideStepModules(node, { model: values.model, fastMath: values['fast-math'] });
  console.log(`${values.model}, ${values['fast-math'] ? 'relaxed' : 'exact'}, Node ${node.version}`);
  console.log(`${'function'.padEnd(58)} ${'256'.padStart(5)} ${'128'.padStart(5)} ${'twice'.padStart(5)}  packed`);
  let [packed, all] = [0, 0];
  for (const { id, bytes } of modules) {
    console.log(`-- ${id}`);
    for (const [name, found] of packedFunctions(node.path, bytes)) {
      all++;
      if (found.packed) packed++;
      if (found.packed && found.twice === 0 && !values.all) continue;
      const share = found.packed || found.wide > 0 ? `${Math.round(100 * shareOf(found))} %` : 'no';
      const reason = found.reason === undefined ? '' : `  ${found.reason}`;
      const where = found.loops ? '' : ' (no loop)';
      console.log(
        `${name.padEnd(58)} ${String(found.wide).padStart(5)} ${String(found.narrow).padStart(5)} ${String(found.twice).padStart(5)}  ${share}${where}${reason}`,
      );
    }
  }
  console.log(`${packed} of ${all} functions with vectors are packed.`);
}
