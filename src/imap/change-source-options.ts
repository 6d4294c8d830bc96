import { check, isObject, wholeNumbers } from "../server/check-options.js";

/** How folders are watched. */
export interface ImapChangeSourceOptions {
  /**
   * `auto`: NOTIFY (RFC 5465) where the server has it, so that one connection watches every folder; else IDLE (RFC 2177) on one folder, and the
   * others are asked about. `idle`: never NOTIFY. `poll`: neither. Default `auto`.
   */
  readonly mode?: "auto" | "idle" | "poll";
  /** How often the folders are asked about that nothing else watches, in milliseconds, 1000 to 3600000. Default 60000. */
  readonly pollMs?: number;
  /** The same for the folder tree. Default 300000. */
  readonly treePollMs?: number;
  /** How long a connection that watches stays open after the last held request of its user, in milliseconds, 0 to 3600000. Default 60000. */
  readonly lingerMs?: number;
  /**
   * How often a quiet connection is used, so that neither the server nor anything between takes it for dead, in milliseconds, 10000 to 1700000.
   * Default 300000.
   */
  readonly keepAliveMs?: number;
  /** Over how long the watches are opened again when the server is back, in milliseconds, 0 to 600000. Default 3000. */
  readonly reconnectSpreadMs?: number;
}

type NumberName = "pollMs" | "treePollMs" | "lingerMs" | "keepAliveMs" | "reconnectSpreadMs";

/** {@link ImapChangeSourceOptions} with everything that was left out. */
export interface ResolvedSourceOptions extends Readonly<Record<NumberName, number>> {
  readonly mode: "auto" | "idle" | "poll";
}

/** @throws DirectPushError `ERR_OPTION_INVALID` for an option that cannot be. */
export function resolveSourceOptions(options: ImapChangeSourceOptions): ResolvedSourceOptions {
  check(isObject(options), "the options of imapChangeSource", "an object", options);
  const { mode = "auto" } = options;
  check(["auto", "idle", "poll"].includes(mode), "mode", "auto, idle or poll", mode);
  const numbers = wholeNumbers("", options, {
    pollMs: [60_000, 1_000, 3_600_000],
    treePollMs: [300_000, 1_000, 3_600_000],
    lingerMs: [60_000, 0, 3_600_000],
    keepAliveMs: [300_000, 10_000, 1_700_000],
    reconnectSpreadMs: [3_000, 0, 600_000],
  });
  return { ...numbers, mode };
}
