import type { Clock, ClockTimer } from "../../clock.js";
import type { DeviceQuery } from "../observed/device-query.js";
import { mergeSnapshots, type StatusSource } from "../observed/status-snapshot.js";
import { writePageQuery } from "./page-query.js";
import { type StatusView, viewStatus } from "./status-view.js";

/** Between two updates, whatever happens meanwhile. */
const UPDATE_MS = 1_000;
/** A reader that has not taken an update for so many of these is dropped. */
const PATIENCE = 10;
/** After so many updates without news a reader is told that the line still lives. */
const SILENCE = 15;

/** The reader's side of a stream: node:http's response is one. */
export interface ReaderStream {
  /** Whether what was written before has not been taken yet. */
  readonly writableNeedDrain: boolean;
  write(text: string): unknown;
  destroy(): unknown;
}

/** What reads along. */
interface Reader {
  readonly query: DeviceQuery;
  readonly stream: ReaderStream;
  readonly parts: Map<string, string>;
  /** Undefined before the first update. */
  rows: ReadonlyMap<string, string> | undefined;
  /** Updates that it did not take in a row. */
  missed: number;
  /** Updates without news in a row. */
  silent: number;
}

/** What a {@link LiveUpdates} works with. */
export interface LiveUpdatesOptions {
  readonly source: StatusSource;
  readonly clock: Clock;
  /** How many may read along at the most. */
  readonly maxReaders: number;
}

/**
 * Keeps pages up to date by server-sent events: one update a second at the most, with what has changed since the reader's last one. A
 * reader that is slow gets fewer of them, and is dropped in the end. Without readers nothing runs.
 */
export class LiveUpdates {
  readonly #options: LiveUpdatesOptions;
  readonly #readers = new Set<Reader>();
  #timer: ClockTimer | undefined;
  #isUpdating = false;
  #isClosed = false;

  constructor(options: LiveUpdatesOptions) {
    this.#options = options;
  }

  /** Whether one more may read along. */
  get hasRoom(): boolean {
    return !this.#isClosed && this.#readers.size < this.#options.maxReaders;
  }

  /**
   * Lets one more read along; the first update comes at once.
   *
   * @returns to be called when the reader is gone.
   */
  add(query: DeviceQuery, stream: ReaderStream): () => void {
    const reader: Reader = { query, stream, parts: new Map(), rows: undefined, missed: 0, silent: 0 };
    this.#readers.add(reader);
    stream.write("retry: 2000\n\n");
    void this.#update([reader]);
    this.#arm();
    return () => this.#remove(reader);
  }

  /** Drops every reader. */
  close(): void {
    this.#isClosed = true;
    for (const reader of this.#readers) this.#drop(reader);
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#readers.size === 0) return;
    this.#timer = this.#options.clock.setTimer(() => void this.#tick(), UPDATE_MS);
  }

  async #tick(): Promise<void> {
    this.#timer = undefined;
    this.#arm();
    // A source that is slow makes updates rarer, not more of them at a time.
    if (this.#isUpdating) return;
    this.#isUpdating = true;
    try {
      for (const readers of this.#byQuery()) await this.#update(readers);
    } finally {
      this.#isUpdating = false;
    }
  }

  #byQuery(): Iterable<Reader[]> {
    const groups = new Map<string, Reader[]>();
    for (const reader of this.#readers) {
      if (!this.#isReady(reader)) continue;
      const key = writePageQuery(reader.query);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [reader]);
      else group.push(reader);
    }
    return groups.values();
  }

  #isReady(reader: Reader): boolean {
    if (!reader.stream.writableNeedDrain) {
      reader.missed = 0;
      return true;
    }
    reader.missed += 1;
    if (reader.missed >= PATIENCE) this.#drop(reader);
    return false;
  }

  /** Tells readers of one query what is new to each. */
  async #update(readers: readonly Reader[]): Promise<void> {
    const query = readers[0]?.query;
    if (query === undefined) return;
    try {
      const snapshots = await this.#options.source.snapshots(query);
      const view = viewStatus(mergeSnapshots(snapshots, query), query);
      for (const reader of readers) if (this.#readers.has(reader)) this.#tell(reader, view);
    } catch {
      // A source that fails now may answer the next time; until then the pages stay as they are.
    }
  }

  #tell(reader: Reader, view: StatusView): void {
    const parts: Record<string, string> = {};
    for (const [id, { text }] of Object.entries(view.parts)) {
      if (reader.parts.get(id) === text) continue;
      reader.parts.set(id, text);
      parts[id] = text;
    }
    const rows = new Map(view.rows.map(({ key, row }) => [key, row.text]));
    const before = reader.rows;
    const changed = Object.fromEntries([...rows].filter(([key, text]) => before?.get(key) !== text));
    const isNews = before === undefined || Object.keys(changed).length > 0 || !sameKeys(rows, before);
    reader.rows = rows;
    if (!isNews && Object.keys(parts).length === 0) {
      this.#keepAlive(reader);
      return;
    }
    reader.silent = 0;
    const update = {
      nowMs: this.#options.clock.now(),
      parts,
      ...(isNews && { order: [...rows.keys()], rows: changed }),
    };
    reader.stream.write(`event: update\ndata: ${JSON.stringify(update)}\n\n`);
  }

  #keepAlive(reader: Reader): void {
    reader.silent += 1;
    if (reader.silent % SILENCE === 0) reader.stream.write(":\n\n");
  }

  #drop(reader: Reader): void {
    this.#remove(reader);
    reader.stream.destroy();
  }

  #remove(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0 || this.#timer === undefined) return;
    this.#options.clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}

function sameKeys(first: ReadonlyMap<string, unknown>, second: ReadonlyMap<string, unknown>): boolean {
  if (first.size !== second.size) return false;
  const others = second.keys();
  for (const key of first.keys()) if (others.next().value !== key) return false;
  return true;
}
