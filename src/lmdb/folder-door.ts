import { randomUUID } from "node:crypto";
import { lstatSync, readlinkSync, renameSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";

/** Who is in the door is out of it within a millisecond. One that is older, and whose process is gone, was left by a process that was killed in it. */
const leftAfterMs = 1_000;
/** So long a process that is there may stand still in it: on a machine that is short of everything some do for seconds. */
const givenUpAfterMs = 15_000;
const lookEveryMs = 2;
const asleep = new Int32Array(new SharedArrayBuffer(4));

/**
 * The door of a folder, which is passed when LMDB is opened in it for the first thing, and closed for the last.
 *
 * LMDB's last process of a folder destroys its locks when it closes. Another one that opens at the same moment finds them destroyed, and so does everybody after
 * it, until no process has the folder open. One at a time neither meets the other.
 *
 * It is a symbolic link that is made and removed, as the system gives nothing better to Node, and points to who is in it. Two that come when one was left behind may
 * both pass: then they are where they would be without a door, and most likely do not meet.
 */
export class FolderDoor {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, "door");
  }

  /** Does something that takes no time; the thread stands still until it may. */
  pass<T>(action: () => T): T {
    const visit = `${process.pid}-${randomUUID()}`;
    while (!this.#enter(visit)) Atomics.wait(asleep, 0, 0, lookEveryMs);
    try {
      return action();
    } finally {
      if (this.#visit() === visit) this.#remove(this.#path);
    }
  }

  #enter(visit: string): boolean {
    try {
      symlinkSync(visit, this.#path);
      return true;
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
    }
    const present = this.#visit();
    if (present !== undefined && this.#isLeft(present)) this.#clear(present);
    return false;
  }

  /** Who is in the door; undefined for nobody. */
  #visit(): string | undefined {
    try {
      return readlinkSync(this.#path);
    } catch (error) {
      if (hasCode(error, "ENOENT")) return undefined;
      throw error;
    }
  }

  #isLeft(visit: string): boolean {
    const sinceMs = lstatSync(this.#path, { throwIfNoEntry: false })?.mtimeMs;
    const ageMs = sinceMs === undefined ? 0 : Math.abs(Date.now() - sinceMs);
    return ageMs > givenUpAfterMs || (ageMs > leftAfterMs && !isRunning(Number.parseInt(visit, 10)));
  }

  /** Takes away what was left, and not what somebody else made in its place meanwhile. */
  #clear(left: string): void {
    const aside = `${this.#path}-${randomUUID()}`;
    try {
      renameSync(this.#path, aside);
      const taken = readlinkSync(aside);
      if (taken !== left) symlinkSync(taken, this.#path);
    } catch (error) {
      if (!hasCode(error, "ENOENT") && !hasCode(error, "EEXIST")) throw error;
    } finally {
      this.#remove(aside);
    }
  }

  #remove(path: string): void {
    try {
      unlinkSync(path);
    } catch (error) {
      // It was taken for left, or the whole folder is gone.
      if (!hasCode(error, "ENOENT")) throw error;
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Of another user: it is there.
    return hasCode(error, "EPERM");
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
