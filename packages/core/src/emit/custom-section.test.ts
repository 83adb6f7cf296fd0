import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withCustomSection } from './custom-section.js';
import { ModuleBuilder } from './module.js';

it('a module with a custom section computes the same and is another one', () => {
  const builder = new ModuleBuilder();
  builder.export('seven', [], (f) => f.i32(7), 'i32');
  const bytes = builder.encode({ initial: 1, maximum: 1, shared: false });
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z ]{1,100}$/), (name) => {
      const module = new WebAssembly.Module(withCustomSection(bytes, name));
      const sections = (of: WebAssembly.Module) => WebAssembly.Module.customSections(of, name).length;
      expect(sections(module)).toBe(sections(new WebAssembly.Module(bytes)) + 1);
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
      const { seven } = new WebAssembly.Instance(module, { weft: { memory } }).exports as { seven(): number };
      expect(seven()).toBe(7);
    }),
    { numRuns: 20 },
  );
});
