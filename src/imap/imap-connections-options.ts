import type { ConnectionOptions } from "node:tls";
import { type Clock, systemClock } from "../clock.js";
import { type Bounds, check, isObject, wholeNumbers } from "../server/check-options.js";
import type { ImapCredentialsSource } from "./imap-connections-credentials.js";

/** How the IMAP server is reached, and how many connections there may be to it. */
export interface ImapConnectionsOptions {
  /** Name or address of the IMAP server. */
  readonly host: string;
  /** 1 to 65535. Default 993, or 143 when `tls` is not `implicit`. */
  readonly port?: number;
  /**
   * `implicit`: TLS from the first byte. `starttls`: begun in the clear and then secured, or not used at all. `none`: in the clear, for a server on
   * this machine. Default `implicit`.
   */
  readonly tls?: "implicit" | "starttls" | "none";
  /** Passed to Node's TLS: `ca`, `rejectUnauthorized` and the like. */
  readonly tlsOptions?: ConnectionOptions;
  /** Default: the phone's own login. */
  readonly credentials?: ImapCredentialsSource;
  /** Most connections of one user that work at once, from 1. One more watches. Default 4. */
  readonly maxPerUser?: number;
  /** Most connections of all users that work at once, from 1. Default 500. */
  readonly maxConnections?: number;
  /** Most logins that are under way at once, from 1. Default 20. */
  readonly maxConnecting?: number;
  /** How long a connection that has nothing to do stays open, in milliseconds, from 0. Default 60000. */
  readonly idleMs?: number;
  /** Longest wait of a request for connections that are to become free, in milliseconds, from 1: one budget for all that it asks for. Default 10000. */
  readonly waitMs?: number;
  /** Longest time for a connection to be opened, and for the greeting, in milliseconds each, from 1. Default 8000. */
  readonly connectMs?: number;
  /** How long the server may be silent while a command waits for its answer, in milliseconds, from 1. Default 30000. */
  readonly silenceMs?: number;
  /** Longest wait before the next attempt to reach a server that is away, in milliseconds, from 1. Default 30000. */
  readonly longestBackOffMs?: number;
  /** How long a login that the server took is believed without another question, in milliseconds, from 0. Default 60000. */
  readonly rememberLoginMs?: number;
  /** How long a login that the server refused is refused without another question, in milliseconds, from 0. Default 10000. */
  readonly rememberRefusalMs?: number;
  /** Default: the system's clock. */
  readonly clock?: Clock;
  /** Gives numbers from 0 to below 1, for jitter. Default `Math.random`. */
  readonly random?: () => number;
}

type NumberName =
  | "maxPerUser"
  | "maxConnections"
  | "maxConnecting"
  | "idleMs"
  | "waitMs"
  | "connectMs"
  | "silenceMs"
  | "longestBackOffMs"
  | "rememberLoginMs"
  | "rememberRefusalMs";

const numbers: Readonly<Record<NumberName, Bounds>> = {
  maxPerUser: [4, 1, 1_000],
  maxConnections: [500, 1, 1_000_000],
  maxConnecting: [20, 1, 10_000],
  idleMs: [60_000, 0, 1_700_000],
  waitMs: [10_000, 1, 600_000],
  connectMs: [8_000, 1, 600_000],
  silenceMs: [30_000, 1, 600_000],
  longestBackOffMs: [30_000, 1, 3_600_000],
  rememberLoginMs: [60_000, 0, 3_600_000],
  rememberRefusalMs: [10_000, 0, 3_600_000],
};

/** {@link ImapConnectionsOptions} with everything that was left out. */
export interface ResolvedConnectionsOptions extends Readonly<Record<NumberName, number>> {
  readonly host: string;
  readonly port: number;
  readonly tls: "implicit" | "starttls" | "none";
  readonly tlsOptions: ConnectionOptions | undefined;
  readonly credentials: ImapCredentialsSource;
  readonly clock: Clock;
  readonly random: () => number;
}

/** @throws DirectPushError `ERR_OPTION_INVALID` for an option that cannot be. */
export function resolveConnectionsOptions(options: ImapConnectionsOptions): ResolvedConnectionsOptions {
  check(isObject(options), "the options of ImapConnections", "an object", options);
  const {
    host,
    tls = "implicit",
    tlsOptions,
    credentials = { kind: "login" },
    clock = systemClock,
  } = options;
  check(typeof host === "string" && host !== "", "host", "a name or an address", host);
  check(["implicit", "starttls", "none"].includes(tls), "tls", "implicit, starttls or none", tls);
  check(tlsOptions === undefined || isObject(tlsOptions), "tlsOptions", "an object", tlsOptions);
  checkCredentials(credentials);
  const { port } = wholeNumbers("", options, { port: [tls === "implicit" ? 993 : 143, 1, 65_535] });
  const random = options.random ?? Math.random;
  check(typeof random === "function", "random", "a function", random);
  return { ...wholeNumbers("", options, numbers), host, port, tls, tlsOptions, credentials, clock, random };
}

function checkCredentials(source: ImapCredentialsSource): void {
  check(isObject(source), "credentials", "an object", source);
  const kinds = ["login", "master", "hook"];
  check(kinds.includes(source.kind), "credentials.kind", "login, master or hook", source.kind);
  if (source.kind === "hook") {
    const { credentials } = source;
    check(typeof credentials === "function", "credentials.credentials", "a function", credentials);
  }
  if (source.kind !== "master") return;
  const { user, password, form = "authzid", separator = "*" } = source;
  check(typeof user === "string" && user !== "", "credentials.user", "a name", user);
  // Not shown: it is a secret.
  check(typeof password === "string" && password !== "", "credentials.password", "a text", typeof password);
  check(["authzid", "suffix"].includes(form), "credentials.form", "authzid or suffix", form);
  check(
    typeof separator === "string" && separator.length === 1,
    "credentials.separator",
    "one character",
    separator,
  );
}
