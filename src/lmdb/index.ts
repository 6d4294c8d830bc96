/**
 * Device state in a folder of this machine, in LMDB: it lasts over restarts, and several processes may share it. Needs the package `lmdb`.
 *
 * @packageDocumentation
 */
export { LmdbStateStore, type LmdbStateStoreOptions, type PruneResult } from "./lmdb-state-store.js";
