import { referenceExecutable } from '@weft/core/program';
import { serve } from './workers/serve.js';

serve(referenceExecutable);
