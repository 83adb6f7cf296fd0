import type { Card, Figure, PageSection } from '@weft/report';
import type { Json } from '../definition/study.js';

/** Rows of texts below a head; the first columns are text, the others numbers. */
export interface ReportTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly textColumns: number;
}

/** What a study says: sentences, tables and figures, all of which follow from its results. */
export interface StudyReport {
  /** What was found, for programs: `summary` of results.json. */
  readonly summary: Json;
  /** What was found, in sentences. */
  readonly lead: readonly string[];
  readonly cards: readonly Card[];
  /** The tables to read first; also printed on the terminal. */
  readonly tables: readonly ReportTable[];
  /** In the order of the page. */
  readonly figures: readonly Figure[];
  /** How it was done. */
  readonly method: readonly string[];
  /** More for the page, after the figures. */
  readonly sections?: readonly PageSection[];
}
