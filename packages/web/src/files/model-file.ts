import { decodeModel, encodeModel, type LoadedModel, SafetensorsError } from '@weft/formats';
import type { BaseModel, LayerClasses } from '@weft/nn';
import { checkModel } from '@weft/train/runtime';

/** The bytes of a download are kept for so long. */
const KEPT_MILLISECONDS = 60_000;

/** The bytes of a model, or where they are: a text is a URL, which may be relative to the page. */
export type ModelSource = Uint8Array | ArrayBuffer | Blob | URL | string;

/**
 * Loads a model that `saveModel` or `encodeModel` wrote, with its layers.
 *
 * @param source its bytes; a `Blob`, such as a file that the visitor has chosen; or a URL, which is fetched
 * @param layers classes of layers of your own, by type
 * @throws SafetensorsError if the bytes are damaged, cut short or of another kind; ArchitectureMismatchError if the
 *   weights are not those of the layers; TypeError if the source is none of these; Error if it cannot be fetched
 * @example
 * const bytes = encodeModel(new Sequential([new Dense({ units: 1 })], { inputShape: [2] }), { author: 'me' });
 * const { model, metadata } = await loadModel(bytes);
 * model.weights.map(({ path }) => path); // ['dense/kernel', 'dense/bias']
 * metadata.author; // 'me'
 */
export async function loadModel(source: ModelSource, layers: LayerClasses = {}): Promise<LoadedModel> {
  const { bytes, name } = await bytesOf(source);
  return decodeModel(bytes, layers, name);
}

/**
 * Gives a model to the visitor, as a download.
 *
 * @param name     of the file
 * @param metadata texts that are kept with it, by name; names that begin with `weft.` are reserved
 * @throws TypeError if the name is no text, or the model is none; SafetensorsError if a name is reserved; Error where
 *   there is no page, as in a worker
 * @example
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
 * saveModel('model.safetensors', model, { author: 'me' });
 */
export function saveModel(name: string, model: BaseModel, metadata: Readonly<Record<string, string>> = {}): void {
  if (typeof name !== 'string' || name === '') {
    throw new TypeError(
      `saveModel: the name is ${name === '' ? 'empty' : `a value of ${typeof name}`}; expected a text. Give the name of a file: saveModel('model.safetensors', model).`,
    );
  }
  checkModel('saveModel', model);
  if (typeof document === 'undefined') {
    throw new Error('saveModel: a worker has no page to download from. Send encodeModel(model) to the page.');
  }
  const address = URL.createObjectURL(new Blob([encodeModel(model, metadata)], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // Some browsers take the bytes later than the click, large ones above all.
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MILLISECONDS);
}

async function bytesOf(source: ModelSource): Promise<{ bytes: Uint8Array; name?: string }> {
  if (source instanceof Uint8Array) return { bytes: source };
  if (source instanceof ArrayBuffer) return { bytes: new Uint8Array(source) };
  if (source instanceof Blob) {
    const { name } = source as Partial<File>;
    return { bytes: new Uint8Array(await source.arrayBuffer()), ...(name !== undefined && { name }) };
  }
  if (source instanceof URL || (typeof source === 'string' && source !== '')) {
    return { bytes: await fetched(String(source)), name: String(source) };
  }
  throw new TypeError(
    `loadModel: the source is ${source === '' ? 'an empty text' : `a value of ${(source as object | undefined)?.constructor?.name ?? String(source)}`}; ` +
      "expected bytes, a Blob or a URL: loadModel('model.safetensors').",
  );
}

async function fetched(address: string): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(address);
  } catch (cause) {
    throw new Error(
      `loadModel: ${address} cannot be fetched (${(cause as Error).message}). See that the address is right, that its server is there, and that it allows this page to read it (CORS).`,
      { cause },
    );
  }
  if (!response.ok) {
    throw new Error(`loadModel: the server answers ${response.status} to ${address}. See that the file is there.`);
  }
  // Servers of pages with a single file answer every address with that page.
  if (/^text\/html\b/.test(response.headers.get('content-type') ?? '')) {
    throw new SafetensorsError(`loadModel: ${address} is a page, not a model. See that the file is there.`);
  }
  return new Uint8Array(await response.arrayBuffer());
}
