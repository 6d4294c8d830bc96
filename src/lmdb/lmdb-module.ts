/** What is used of the package `lmdb`. Its own types do not compile where library types are checked, which a user may do. */
import { createRequire } from "node:module";

/** A range of keys. */
export interface LmdbRange {
  readonly start?: Uint8Array;
  readonly exclusiveStart?: boolean;
  /** Exclusive. */
  readonly end?: Uint8Array;
  readonly limit?: number;
}

/** A table of texts by keys that are bytes. */
export interface LmdbTable {
  get(key: Uint8Array): string | undefined;
  getEntry(key: Uint8Array): { readonly value: string; readonly version: number } | undefined;
  getKeys(range: LmdbRange): Iterable<Uint8Array>;
  getRange(range: LmdbRange): Iterable<{ readonly key: Uint8Array; readonly value: string }>;
  /** @param ifVersion writes only if the entry has this version; null: only if there is none. */
  put(key: Uint8Array, value: string, version?: number, ifVersion?: number | null): Promise<boolean>;
  remove(key: Uint8Array): Promise<boolean>;
  /** Within a transaction, or in one of its own. */
  removeSync(key: Uint8Array): boolean;
  /** The next read sees what is written by then. */
  resetReadTxn(): void;
}

/** How a table is opened. */
export interface LmdbTableOptions {
  readonly name: string;
  readonly encoding: "string";
  readonly keyEncoding: "binary";
  readonly useVersions?: boolean;
}

/** A folder that is open. */
export interface LmdbEnvironment {
  openDB(options: LmdbTableOptions): LmdbTable;
  /** Those that are asked for in one turn of the event loop are one. It lasts until the action's promise is settled. */
  transaction<T>(action: () => T | Promise<T>): Promise<T>;
  /** The thread stands still until it has begun. It lasts until the action's promise is settled, where it returns one. */
  transactionSync<T>(action: () => T): T;
  /** Frees what processes that are gone were reading. */
  readerCheck(): number;
  /** At once, where no write is under way. */
  close(): Promise<void>;
}

/** The package. */
export interface LmdbModule {
  open(options: {
    readonly path: string;
    readonly noSubdir: boolean;
    readonly overlappingSync: boolean;
    readonly maxReaders: number;
    /** Of the files that are made. */
    readonly permissionsMode: number;
  }): LmdbEnvironment;
}

/** They hold policy keys, and what is in mailboxes: for their owner alone, also in a folder that others may enter. */
export const filesMode = 0o600;

const require = createRequire(import.meta.url);

/** The package itself. */
export const lmdb: LmdbModule = require("lmdb");
