// Asks V8 which functions of a WebAssembly module it has compiled for 256-bit registers.
import { spawnSync } from 'node:child_process';
import { WIDE_FLAG } from './node-releases.js';

/**
 * What V8 has made of a function.
 *
 * @typedef {object} PackedFunction
 * @property {boolean} packed whether most of its vector work is done 256 bits at a time
 * @property {number} wide 256-bit instructions that compute, load or store, in its innermost loops
 * @property {number} narrow 128-bit ones
 * @property {number} twice 128-bit stores in the whole function that a 256-bit one does again. Of two stores V8 leaves the
 *   first in and replaces the second, unless the higher half is stored first.
 * @property {boolean} loops whether there are such loops; else the instructions are those of the whole function
 * @property {string} [reason] why pairs were not packed, as V8 says it
 */

/** Compiles a module from standard input by the optimiser at once, in order, and says what comes of it. */
const FLAGS = [
  WIDE_FLAG,
  '--single-threaded',
  '--no-liftoff',
  '--no-wasm-lazy-compilation',
  '--trace-wasm-revectorize',
  '--print-wasm-code',
];
const COMPILE = 'new WebAssembly.Module(require("node:fs").readFileSync(0))';

/** Packed in this sense is who does half of its work so: what is left over of a row is one vector. */
const LEAST_SHARE = 0.5;

/**
 * The functions of a module that use vectors, by their names in its name section. A name stands for one function.
 *
 * @param {string} node path of a Node from 24 on; the processor must have AVX2
 * @param {Uint8Array} bytes of the module
 * @returns {Map<string, PackedFunction>}
 * @throws Error if Node fails, or says nothing that can be understood
 */
export function packedFunctions(node, bytes) {
  const { status, stdout, stderr } = spawnSync(node, [...FLAGS, '-e', COMPILE], {
    input: bytes,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`${node} could not compile the module: ${stderr.trim()}`);
  const reasons = reasonsIn(stdout);
  const functions = new Map();
  for (const [, name, code] of stdout.matchAll(/^name: (.*)\nindex: \d+\nkind: wasm function\n([\s\S]*?)^--- End/gm)) {
    const found = countVectors(code);
    if (found.wide + found.narrow === 0) continue;
    const packed = shareOf(found) >= LEAST_SHARE;
    functions.set(name, { packed, ...found, ...(!packed && { reason: reasons.get(name) ?? 'V8 did not look at it' }) });
  }
  if (reasons.size === 0) throw new Error(`${node} does not know ${WIDE_FLAG}, or prints no code.`);
  return functions;
}

/**
 * The share of vector work that is done 256 bits at a time.
 *
 * @param {{ wide: number, narrow: number }} counts
 */
export function shareOf({ wide, narrow }) {
  return (2 * wide) / (2 * wide + narrow);
}

/**
 * What the vectoriser says of each function, in its own words, shortened.
 *
 * @param {string} trace
 * @returns {Map<string, string>}
 */
function reasonsIn(trace) {
  const reasons = new Map();
  for (const [, name, text] of trace.matchAll(/^Begin revec function (.*)\n([\s\S]*?)^Finished revec function/gm)) {
    reasons.set(name, reasonIn(text));
  }
  return reasons;
}

/** @param {string} text of one function */
function reasonIn(text) {
  if (/Empty seed/.test(text)) return 'no two stores from one address, 16 bytes apart, in one block';
  const said = [...text.matchAll(/^Revec: \w+ \d+: (.*)/gm)].map(([, words]) => words.replace(/#?\d+.*/, '').trim());
  const counts = new Map();
  for (const [at, words] of said.entries()) {
    // The last words before a tree is given up say why.
    if (/tree failed/i.test(words)) counts.set(said[at - 1], (counts.get(said[at - 1]) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a).map(([why, count]) => `${why} (${count})`);
  const isWorthIt = /Decided? to vectorize/.test(text);
  return [isWorthIt ? 'packs some pairs' : 'packs no pair', ...sorted].join('; ');
}

/** Instructions on packed numbers: arithmetic, comparisons, conversions. */
const ARITHMETIC = /^v(p?(add|sub|mul|max|min|madd|abs)|sqrt|div|cmp|round|cvt|f[n]?m(add|sub)|haddps)/;
/** Instructions on one number, and what only prepares constants. */
const SCALAR = /(ss|sd|ss2si|sd2si|si2ss|si2sd)$|si2s[sdlq]+$|^vcvtt?s[sd]/;
/** Loads and stores of vectors; what lies on the stack was only put aside. */
const MEMORY = /^v(movups|movdqu|movaps|movapd|broadcastss|broadcastsd)$/;

/**
 * Counts vector instructions in the innermost loops, or where there are none, in all the code.
 *
 * @param {string} code as V8's disassembler prints it
 */
function countVectors(code) {
  const lines = [...code.matchAll(/^0x[0-9a-f]+ +([0-9a-f]+) +[0-9a-f]+ +(.*)$/gm)].map(([, offset, text]) => ({
    offset: Number.parseInt(offset, 16),
    text,
  }));
  const loops = innermostLoops(lines);
  const inLoops = count(lines.filter(({ offset }) => loops.some(([from, to]) => offset >= from && offset <= to)));
  const inAll = count(lines);
  const hasLoops = inLoops.wide + inLoops.narrow > 0;
  return { ...(hasLoops ? inLoops : inAll), twice: inAll.twice, loops: hasLoops };
}

/**
 * From the offset of a loop's first instruction to that of the jump back.
 *
 * @param {readonly { offset: number, text: string }[]} lines
 * @returns {[number, number][]}
 */
function innermostLoops(lines) {
  // Behind the last return lies what is seldom needed, such as interrupts: its jumps back are no loops.
  const end = lines.findLast(({ text }) => /^ret/.test(text))?.offset ?? 0;
  const loops = lines.flatMap(({ offset, text }) => {
    const target = Number.parseInt(/^j.*<\+0x([0-9a-f]+)>/.exec(text)?.[1] ?? '', 16);
    return target <= offset && offset < end ? [/** @type {[number, number]} */ ([target, offset])] : [];
  });
  return loops.filter(
    ([from, to]) => !loops.some(([start, stop]) => start >= from && stop <= to && (start > from || stop < to)),
  );
}

/** @param {readonly { text: string }[]} lines */
function count(lines) {
  let [wide, narrow, twice] = [0, 0, 0];
  const narrowStores = new Set();
  for (const { text } of lines) {
    const [mnemonic, operands = ''] = text.split(' ', 2);
    const isMemory = MEMORY.test(mnemonic) && /\[/.test(operands) && !/\[r[bs]p/.test(operands);
    const isVector = isMemory || (ARITHMETIC.test(mnemonic) && !SCALAR.test(mnemonic));
    if (!isVector) continue;
    const target = isMemory ? /^\[.*\]/.exec(operands)?.[0] : undefined;
    if (/ymm/.test(operands)) {
      wide++;
      if (target && narrowStores.delete(target)) twice++;
    } else if (/xmm/.test(operands)) {
      narrow++;
      if (target) narrowStores.add(target);
    }
  }
  return { wide, narrow, twice };
}
