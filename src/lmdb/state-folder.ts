import { mkdirSync, realpathSync } from "node:fs";
import { FolderTurn } from "./folder-turn.js";
import { filesMode, type LmdbEnvironment, type LmdbTable, lmdb } from "./lmdb-module.js";

/** Those that are open in this thread, by path. */
const openFolders = new Map<string, StateFolder>();

/** A folder of device state that is open. All stores of a thread on one folder share it. */
export class StateFolder {
  /** Device state. */
  readonly values: LmdbTable;
  /** Days on which devices were seen. */
  readonly seen: LmdbTable;
  readonly #path: string;
  readonly #turn: FolderTurn;
  readonly #root: LmdbEnvironment;
  #users = 0;
  /** Writes that wait for the turn. */
  readonly #waiting: WaitingWrite[] = [];
  readonly #unsettled = new Set<Promise<unknown>>();
  #writing: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  private constructor(path: string) {
    this.#path = path;
    this.#turn = new FolderTurn(path);
    try {
      [this.#root, this.values, this.seen] = this.#turn.takeNow(() => openTables(path));
    } catch (error) {
      void this.#turn.close();
      throw error;
    }
  }

  /** Opens a folder, which is made for its owner alone when it is not there. To be left again with {@link leave}. */
  static enter(folder: string): StateFolder {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = realpathSync(folder);
    const opened = openFolders.get(path) ?? new StateFolder(path);
    openFolders.set(path, opened);
    opened.#users += 1;
    return opened;
  }

  /** Writes when it is this thread's turn. What is asked for by then is one transaction. */
  write<T>(operation: () => Promise<T>): Promise<T> {
    const written = new Promise<T>((resolve, reject) => {
      const run = async (): Promise<void> => {
        try {
          resolve(await committed(operation));
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting.push({ run, fail: reject });
    });
    this.#unsettled.add(written);
    const forget = (): boolean => this.#unsettled.delete(written);
    written.then(forget, forget);
    this.#writing ??= this.#writeAll();
    return written;
  }

  /** Does something with both tables as one transaction, when it is this thread's turn. */
  transaction<T>(action: () => T): Promise<T> {
    return this.write(() => this.#root.transaction(action));
  }

  /** Resolves when what was asked for by then is written. Who leaves last closes the folder. */
  async leave(): Promise<void> {
    this.#users -= 1;
    await Promise.allSettled(this.#unsettled);
    if (this.#users === 0) await this.#writing;
    // Another may have entered meanwhile.
    if (this.#users === 0) this.#closed ??= this.#close();
    await this.#closed;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      try {
        await this.#turn.take(() => Promise.all(this.#waiting.splice(0).map(({ run }) => run())));
      } catch (error) {
        for (const { fail } of this.#waiting.splice(0)) fail(error);
      }
    }
    this.#writing = undefined;
  }

  async #close(): Promise<void> {
    openFolders.delete(this.#path);
    try {
      // Not while another opens it, which would find the locks destroyed.
      await this.#turn.take(() => this.#root.close());
    } finally {
      await this.#turn.close();
    }
  }
}

const attempts = 3;

/**
 * A commit of `lmdb` may fail for no other reason than what its list of free pages looks like while it is stored (MDB_NOTFOUND, about once in a
 * million). Nothing of it is written then, and the next one starts from the list in the file.
 */
async function committed<T>(operation: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await operation();
    } catch (error) {
      if (attempt === attempts || !(error instanceof Error && "commitError" in error)) throw error;
    }
  }
}

interface WaitingWrite {
  readonly run: () => Promise<void>;
  /** When the turn cannot be had. */
  readonly fail: (error: unknown) => void;
}

function openTables(path: string): readonly [LmdbEnvironment, LmdbTable, LmdbTable] {
  // Without overlappingSync a transaction is on the disk when its writes resolve.
  const root = lmdb.open({
    path,
    noSubdir: false,
    overlappingSync: false,
    maxReaders: 1024,
    permissionsMode: filesMode,
  });
  try {
    // What killed processes were reading takes up room until they are found to be gone.
    root.readerCheck();
    const values = root.openDB({
      name: "values",
      encoding: "string",
      keyEncoding: "binary",
      useVersions: true,
    });
    return [root, values, root.openDB({ name: "seen", encoding: "string", keyEncoding: "binary" })];
  } catch (error) {
    void root.close();
    throw error;
  }
}
