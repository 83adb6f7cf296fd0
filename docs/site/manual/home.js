const LIVE = [
  {
    title: 'Denoise',
    details: 'Draw or drop a picture, add noise with a slider, and see a trained network take it away.',
    path: 'denoise',
  },
  {
    title: 'Explore',
    details: 'Open a run and move through its latent space, 10,000 pictures at a time.',
    path: 'explore',
  },
  {
    title: 'Train',
    details: 'Train a model in this browser, on all cores, and get the weights that Node gets, to the bit.',
    path: 'train',
  },
];

/** What the home page says above the README's sections, as VitePress's home layout wants it. */
export const frontMatter = {
  layout: 'home',
  title: 'Weft',
  titleTemplate: 'Deep learning in pure TypeScript',
  hero: {
    name: 'Weft',
    text: 'Deep learning in pure TypeScript',
    tagline:
      'On CPU threads, in Node and in the browser. No native addon, no GPU driver. ' +
      'The same seed gives the same weights, bit for bit, for any number of threads.',
    actions: [
      { theme: 'brand', text: 'Get started', link: '/start' },
      { theme: 'alt', text: 'Train in this browser', link: '/live/train/', target: '_self' },
      { theme: 'alt', text: 'API', link: '/api/' },
    ],
  },
  features: LIVE.map(({ title, details, path }) => {
    return { title, details, link: `/live/${path}/`, linkText: `Open ${title}`, target: '_self' };
  }),
};

/** Sections of the README that the home page shows, by their headings. */
export const sections = ['Two commands', 'Ten lines'];
