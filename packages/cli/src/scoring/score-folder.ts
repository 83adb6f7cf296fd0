import { InputError } from '../exit.js';
import { BadPictures, type OnBadImage } from '../pictures/bad-pictures.js';
import { OutputFiles, resultNames } from '../pictures/output-files.js';
import { type PictureModel, reconstructorFrom } from '../pictures/picture-model.js';
import { announce, pictureProgress, withSession } from '../pictures/session.js';
import { shownPath } from '../run/directory.js';
import type { Terminal } from '../terminal/terminal.js';
import type { ScoreName } from './error-map.js';
import { evaluateScores, type Threshold } from './evaluate-scores.js';
import { Gallery } from './gallery.js';
import { HeatMapFiles } from './heat-map-files.js';
import { type LabelledPicture, labelledPictures, normalPictures } from './labelled-pictures.js';
import { PixelCollection } from './pixel-measures.js';
import { SCORE_FILES } from './score-files.js';
import { type Scored, type ScoredPicture, scorePictures } from './score-pictures.js';
import { chooseThreshold, thresholdWarning } from './threshold.js';
import { writeScores } from './write-scores.js';

/** What `weft score` has been asked for. */
export interface ScoreRequest {
  readonly model: PictureModel;
  /** Absolute paths. */
  readonly from: string;
  readonly normal: string | undefined;
  readonly out: string;
  readonly score: ScoreName;
  readonly smoothing: number;
  readonly threshold: number | undefined;
  readonly quantile: number;
  readonly overwrite: boolean;
  readonly onBadImage: OnBadImage;
  readonly threads: number;
  readonly json: boolean;
}

/** Scores some pictures. */
type Score = (pictures: readonly LabelledPicture[], doing: string) => AsyncGenerator<Scored, void, undefined>;

/**
 * Scores the pictures of a folder and writes what came out.
 *
 * @returns the exit code
 */
export async function scoreFolder(request: ScoreRequest, terminal: Terminal): Promise<number> {
  const { model, from, out, threads } = request;
  const network = reconstructorFrom(model);
  const { pictures, warnings, bad: unusable } = await labelledPictures(from, out);
  const normal = request.normal === undefined ? undefined : await normalPictures(request.normal);
  for (const warning of warnings) terminal.warning(warning);
  const names = resultNames(pictures.map(({ path }) => path));
  const heatMap = (path: string) => `heatmaps/${names.get(path)}.png`;
  const planned = [...Object.values(SCORE_FILES), ...pictures.map(({ path }) => heatMap(path))];
  const inputs = pictures.map(({ place }) => place);
  const files = await OutputFiles.plan(out, planned, {
    overwrite: request.overwrite,
    inputs,
    argument: '--out',
  });
  const bad = new BadPictures(request.onBadImage, terminal);
  const refused = [...unusable, ...(normal?.bad ?? [])];
  for (const each of refused) bad.add(each.path, each.reason);
  const total = pictures.length + (normal?.pictures.length ?? 0);
  await withSession({ threads, terminal }, async (session) => {
    announce(model, total, terminal);
    const score: Score = (some, doing) =>
      scorePictures({
        ...request,
        ...session,
        network,
        pictures: some,
        bad,
        onPicture: pictureProgress(doing, some.length, terminal),
      });
    const threshold = await thresholdFor(request, normal?.pictures, score, terminal);
    const heatMaps = new HeatMapFiles(files);
    const { results, gallery } = await resultsOf(score(pictures, 'Scoring'), { request, threshold, heatMaps, heatMap });
    const brightest = heatMaps.brightest ?? 1;
    await writeScores({ request, results, gallery, files, heatMap, brightest, bad: bad.list }, terminal);
  });
  return bad.conclude(total + refused.length);
}

async function thresholdFor(
  request: ScoreRequest,
  normal: readonly LabelledPicture[] | undefined,
  score: Score,
  terminal: Terminal,
): Promise<Threshold | undefined> {
  const scores: number[] = [];
  if (normal) {
    for await (const { picture } of score(normal, 'Scoring normal pictures')) scores.push(picture.score);
    if (scores.length === 0) throw new InputError('--normal: none of its pictures can be used.');
  }
  const threshold = chooseThreshold(request, normal && scores);
  const warning = thresholdWarning(threshold, request.model);
  if (warning !== undefined) terminal.warning(warning);
  return threshold;
}

interface Collecting {
  readonly request: ScoreRequest;
  readonly threshold: Threshold | undefined;
  readonly heatMaps: HeatMapFiles;
  /** Name of a picture's heat map. */
  readonly heatMap: (path: string) => string;
}

/** Writes the heat maps, and keeps of the pictures what is needed of all of them. */
async function resultsOf(scores: AsyncIterable<Scored>, { request, threshold, heatMaps, heatMap }: Collecting) {
  const gallery = new Gallery(request.model);
  const pixels = new PixelCollection();
  const pictures: ScoredPicture[] = [];
  for await (const each of scores) {
    gallery.add(each);
    await heatMaps.add(heatMap(each.picture.path), each.heat);
    if (each.mask) pixels.add(each.heat, each.mask);
    pictures.push(each.picture);
  }
  if (pictures.length === 0) throw new InputError(`${shownPath(request.from)}: none of its pictures can be used.`);
  await heatMaps.flush();
  const measures = evaluateScores(pictures, threshold?.value);
  return { gallery, results: { pictures, threshold, measures, pixels: pixels.measures() } };
}
