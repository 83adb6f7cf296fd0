import { serve } from './workers/serve.js';

serve();
