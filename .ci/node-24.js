// Prints the path of the Node that runs the kernels 256 bits wide, and nothing where there is none: no AVX2, no network.
import { wideNode } from '../scripts/node-releases.js';

const node = wideNode();
if ('missing' in node) console.error(`The tests with 256 bits are skipped: ${node.missing}.`);
else console.log(node.path);
