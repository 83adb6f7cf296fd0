import { describe, expect, it } from 'vitest';
import { PathPattern } from './path-pattern.js';

const pattern = (path: string) => new PathPattern('Saver', path);

describe('a path with values', () => {
  const values = {
    epoch: 7,
    loss: 0.123456789,
    val_loss: 12.5,
    accuracy: 0.00001234,
    worst: Number.NaN,
    big: 1e10,
    even: 120,
  };

  // Each as Python's str.format writes it.
  it.each([
    ['plain.safetensors', 'plain.safetensors'],
    ['model-{epoch}', 'model-7'],
    ['{epoch:02d}-{val_loss:.2f}', '07-12.50'],
    ['{epoch:4d}|', '   7|'],
    ['{loss:.4f}', '0.1235'],
    ['{loss:08.3f}', '0000.123'],
    ['{loss:.3e}', '1.235e-01'],
    ['{loss:g}', '0.123457'],
    ['{accuracy:.2g}', '1.2e-05'],
    ['{big:g} {even:g}', '1e+10 120'],
    ['{loss}', '0.123456789'],
    ['{worst:.2f}', 'nan'],
    ['{{{epoch}}}', '{7}'],
  ])('%s becomes %s', (path, filled) => {
    expect(pattern(path).fill(values)).toBe(filled);
  });

  it.each([
    ['model-{}', "Saver: path: 'model-{}' has '{}'; expected a name of the logs"],
    ['model-{epoch', "has a '{' without its other half"],
    ['model-epoch}', "has a '}' without its other half"],
    ['{epoch:02x}', "has '{epoch:02x}'; formats are like 02d, .4f, .3e and g"],
    ['{loss:02d}', "has '{loss:02d}'; d is for {epoch:02d} alone"],
    ['{valLoss:.2f}', "has '{valLoss:.2f}', which is unknown. Did you mean 'val_loss'?"],
    ['{epochs}', "has '{epochs}', which is unknown. Did you mean 'epoch'?"],
  ])('is refused at once if it is %s', (path, message) => {
    expect(() => pattern(path)).toThrow(message);
  });

  it('is refused if it has a name that the logs will not have', () => {
    expect(() => pattern('{acuracy}').check(['loss', 'accuracy'])).toThrow(
      "has {acuracy}, which is unknown; known are epoch, loss, accuracy. Did you mean 'accuracy'?",
    );
    expect(() => pattern('{epoch}-{accuracy}').check(['loss', 'accuracy'])).not.toThrow();
  });

  it('knows what comes before the first value', () => {
    expect(pattern('a/b/{epoch}/c').beginning).toBe('a/b/');
    expect(pattern('a/{{b').beginning).toBe('a/{b');
  });
});
