import type { UidRange } from "./changes-uids.js";

/** The UIDs that one folder had, as far as they are remembered. */
export interface FolderUids {
  /** Those of the state that a cursor stands for; undefined when they are not remembered. */
  recall(cursor: string): readonly UidRange[] | undefined;
  remember(cursor: string, uids: readonly UidRange[]): void;
}

/** Devices stand at different states of a folder: so many of the last ones are remembered. */
const maxStates = 32;

/**
 * Which UIDs folders had, by the cursors that were given out: on a server that does not tell what was removed, it is what was there and is no more. Neighbours
 * are one range, so that a large folder takes little.
 */
export class KnownUids {
  readonly #maxRanges: number;
  /** By user and folder, those that were asked for last at the end. */
  readonly #folders = new Map<string, Map<string, readonly UidRange[]>>();
  #ranges = 0;

  /** @param maxRanges how many ranges are remembered, in all folders of all users. */
  constructor(maxRanges: number) {
    this.#maxRanges = maxRanges;
  }

  /** What is remembered of one folder. */
  of(user: string, folder: string): FolderUids {
    const key = JSON.stringify([user, folder]);
    return {
      recall: (cursor) => this.#folders.get(key)?.get(cursor),
      remember: (cursor, uids) => this.#remember(key, cursor, uids),
    };
  }

  #remember(key: string, cursor: string, uids: readonly UidRange[]): void {
    const states = this.#folders.get(key) ?? new Map<string, readonly UidRange[]>();
    this.#folders.delete(key);
    this.#folders.set(key, states);
    this.#forget(states, cursor);
    states.set(cursor, uids);
    this.#ranges += uids.length;
    for (const oldest of states.keys()) {
      if (states.size <= maxStates) break;
      this.#forget(states, oldest);
    }
    for (const [oldest, others] of this.#folders) {
      if (this.#ranges <= this.#maxRanges || oldest === key) break;
      for (const each of [...others.keys()]) this.#forget(others, each);
      this.#folders.delete(oldest);
    }
  }

  #forget(states: Map<string, readonly UidRange[]>, cursor: string): void {
    this.#ranges -= states.get(cursor)?.length ?? 0;
    states.delete(cursor);
  }
}
