/** Size of images [n, height, width, channels]. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * Images that are surely not normal, made of normal ones: each image upside down, and each with its quarters in another
 * order. A score that tells them from the normal images is likely to tell real anomalies, too; no real anomaly is needed
 * to find out.
 *
 * @param images normal images, [n, height, width, channels], flat
 * @returns two sets of as many images
 * @see Li et al. (2021), CutPaste: self-supervised learning for anomaly detection and localization, for the idea
 * @example
 * const { upsideDown } = pseudoAnomalies(Float32Array.of(1, 2, 3, 4), { height: 2, width: 2, channels: 1 });
 * upsideDown; // [3, 4, 1, 2]
 */
export function pseudoAnomalies(images: Float32Array, { height, width, channels }: ImageSize) {
  const size = height * width * channels;
  const count = images.length / size;
  const [upsideDown, shuffled] = [new Float32Array(images.length), new Float32Array(images.length)];
  const [halfHeight, halfWidth] = [Math.floor(height / 2), Math.floor(width / 2)];
  // Of an odd length the line in the middle stays where it is.
  const [lower, right] = [height - halfHeight, width - halfWidth];
  const corners = [
    [0, 0],
    [0, right],
    [lower, right],
    [lower, 0],
  ];
  for (let index = 0; index < count; index++) {
    const image = images.subarray(index * size, (index + 1) * size);
    const row = (y: number) => image.subarray(y * width * channels, (y + 1) * width * channels);
    for (let y = 0; y < height; y++) upsideDown.set(row(height - 1 - y), index * size + y * width * channels);
    shuffled.set(image, index * size);
    const turn = 1 + (index % 3);
    corners.forEach(([toY, toX], corner) => {
      const [fromY, fromX] = corners[(corner + turn) % 4];
      for (let y = 0; y < halfHeight; y++) {
        const piece = row(fromY + y).subarray(fromX * channels, (fromX + halfWidth) * channels);
        shuffled.set(piece, index * size + ((toY + y) * width + toX) * channels);
      }
    });
  }
  return { upsideDown, shuffled };
}
