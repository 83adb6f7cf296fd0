/**
 * What comes after training. It is loaded at the end of the first epoch: not before the first step, which would come
 * later, and not after the last one, hours after which the installed files may be others.
 */
export const afterTraining = () => import('./after-training.js');
