/** A value with the version that a later write must name. */
export interface StoredValue {
  readonly value: string;
  /** Opaque; differs after every write of the key. */
  readonly version: string;
}

/**
 * Where device state lives between requests: three operations on opaque strings. Keys are at most 512 characters, values are text
 * (JSON) from some bytes to some ten kilobytes. A store that is shared by processes makes them one server.
 */
export interface StateStore {
  /** The value last written, or undefined when the key was never written or was deleted. */
  read(key: string): Promise<StoredValue | undefined>;
  /**
   * Compare and set. Writes only if the key's present version is `expectedVersion` (undefined: only if the key does not exist).
   *
   * @returns the new version, or undefined when another writer was faster and nothing was written.
   */
  write(key: string, value: string, expectedVersion: string | undefined): Promise<string | undefined>;
  /** Removes the key; one that does not exist is ignored. */
  delete(key: string): Promise<void>;
}
