// Opens a folder of pictures with what was built: folder, cache, and the phase in which it kills itself, if it does.
import { openPictures } from '../../dist/index.js';

const [folder, cache, when] = process.argv.slice(2);
try {
  const onProgress = ({ phase, done }) => {
    if (phase === when && done === 3) process.kill(process.pid, 'SIGKILL');
  };
  const { train } = await openPictures(folder, { cache, threads: 2, testSplit: 0, onProgress });
  console.log(train.sha256);
} catch (error) {
  console.log(`${error.name} ${error.code}: ${error.message}`);
  process.exitCode = 1;
}
