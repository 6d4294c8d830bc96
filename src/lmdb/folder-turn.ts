import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { FolderDoor } from "./folder-door.js";
import { filesMode, type LmdbEnvironment, lmdb } from "./lmdb-module.js";

/** A turn that is waited for in libuv's pool must leave a thread there for the write itself. */
const waitsInPool = isMainThread && Number(process.env["UV_THREADPOOL_SIZE"] ?? 4) > 1;

/** A thread has one turn at a time, whatever the folder, so that no two wait for each other. */
let lastTurn: Promise<unknown> = Promise.resolve();

/**
 * The turn at a folder: who opens it, or writes to it, is alone in that among all processes and threads of the machine.
 *
 * LMDB itself lets one write at a time, but not open: to open reads the number of the last transaction in the file, and a moment later stores it for all
 * processes. When another commits in between, its transaction is taken back: the next one gets the same number, what was written is lost, and writers that
 * have its free pages in mind use pages twice. (Found in OpenLDAP as ITS#9496; each `lmdb` up to 3.5.6 has it.)
 *
 * The turn is the write lock of an empty environment beside the state. The system gives it on when its holder dies; and as nothing is ever written there, to
 * open it takes nothing back.
 */
export class FolderTurn {
  readonly #door: FolderDoor;
  readonly #gate: LmdbEnvironment;

  constructor(folder: string) {
    this.#door = new FolderDoor(folder);
    this.#gate = this.#door.pass(() =>
      lmdb.open({
        path: join(folder, "turn.mdb"),
        noSubdir: true,
        overlappingSync: false,
        maxReaders: 1024,
        permissionsMode: filesMode,
      }),
    );
  }

  /** Does something at once; the thread stands still until it has the turn. */
  takeNow<T>(action: () => T): T {
    return this.#gate.transactionSync(action);
  }

  /** Does something that takes its time. Outside of the main thread, the thread stands still until it has the turn. */
  take<T>(action: () => Promise<T>): Promise<T> {
    const turn = lastTurn.then(() =>
      waitsInPool ? this.#gate.transaction(action) : this.#gate.transactionSync(action),
    );
    lastTurn = turn.catch(() => {});
    return turn;
  }

  /** When it is not taken. */
  close(): Promise<void> {
    return this.#door.pass(() => this.#gate.close());
  }
}
