import type { Kind } from './kinds.js';

/** A side, or height and width with an x between them. */
export const pictureSize: Kind<string> = {
  placeholder: 'N|HxW',
  expected: 'a number of pixels, or height and width such as 48x64',
  example: '64',
  read: (text) => (/^[1-9]\d{0,4}(x[1-9]\d{0,4})?$/.test(text) ? text : undefined),
};

/** Height and width that such a text says. */
export function sizeOf(text: string): readonly [height: number, width: number] {
  const [height, width = height] = text.split('x').map(Number);
  return [height, width];
}

/** Channels of images: grey, colours, or colours and alpha. */
export const channelCount: Kind<1 | 3 | 4> = {
  placeholder: '1|3|4',
  expected: '1 (grey), 3 (colours) or 4 (colours and alpha)',
  example: '1',
  read: (text) => ([1, 3, 4] as const).find((count) => String(count) === text),
};
