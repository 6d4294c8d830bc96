import { mkdirSync, rmdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Who is in the door is out of it within a millisecond; one that is older was left by a process that was killed in it. */
const leftAfterMs = 1_000;
const lookEveryMs = 2;
const asleep = new Int32Array(new SharedArrayBuffer(4));

/**
 * The door of a folder, which is passed when LMDB is opened in it for the first thing, and closed for the last.
 *
 * LMDB's last process of a folder destroys its locks when it closes. Another one that opens at the same moment finds them destroyed, and so does everybody after
 * it, until no process has the folder open. One at a time neither meets the other.
 *
 * It is a folder that is made and removed, as the system gives nothing better to Node. Two that come when one was left behind may both pass: then they are
 * where they would be without a door, and most likely do not meet.
 */
export class FolderDoor {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, "door");
  }

  /** Does something that takes no time; the thread stands still until it may. */
  pass<T>(action: () => T): T {
    while (!this.#enter()) Atomics.wait(asleep, 0, 0, lookEveryMs);
    try {
      return action();
    } finally {
      this.#leave();
    }
  }

  #enter(): boolean {
    try {
      mkdirSync(this.#path, { mode: 0o700 });
      return true;
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
    }
    const sinceMs = statSync(this.#path, { throwIfNoEntry: false })?.mtimeMs;
    if (sinceMs !== undefined && Math.abs(Date.now() - sinceMs) > leftAfterMs) this.#leave();
    return false;
  }

  #leave(): void {
    try {
      rmdirSync(this.#path);
    } catch (error) {
      // It was taken for left, or the whole folder is gone.
      if (!hasCode(error, "ENOENT")) throw error;
    }
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
