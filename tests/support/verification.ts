import { setVerification } from '../../packages/core/src/verify/verify.js';

// Programs are verified after every pass of every compilation.
setVerification(true);
