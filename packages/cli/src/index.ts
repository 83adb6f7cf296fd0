export { type ExploredModel, exploreModel } from './explore/explore-model.js';
export { main } from './main.js';
