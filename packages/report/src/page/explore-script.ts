/**
 * The modules of `src/explore` as one script, which makes figures explorable where a browser runs it. The build puts it in
 * the place of this empty text: `scripts/bundle-explore.js`.
 */
export const EXPLORE_SCRIPT: string = '';
