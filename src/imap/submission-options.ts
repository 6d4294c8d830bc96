import type { ConnectionOptions } from "node:tls";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { type Bounds, check, isObject, wholeNumbers } from "../server/check-options.js";
import type { ImapConnections } from "./imap-connections.js";
import type { ImapCredentialsSource } from "./imap-connections-credentials.js";

/** How mail is handed to the server that sends it. */
export interface SmtpSubmissionOptions {
  /** Name or address of the submission server. */
  readonly host: string;
  /** 1 to 65535. Default 465, or 587 when `tls` is not `implicit`. */
  readonly port?: number;
  /** As for `ImapConnections`. Default `implicit`. */
  readonly tls?: "implicit" | "starttls" | "none";
  /** Passed to Node's TLS. */
  readonly tlsOptions?: ConnectionOptions;
  /** As for `ImapConnections`, or `none`: the server takes mail from this machine without a login. Default: the phone's own login. */
  readonly credentials?: ImapCredentialsSource | { readonly kind: "none" };
  /** Whether the server puts a copy of what it sends into the Sent folder by itself, as Gmail and Exchange do. Default false: one is stored. */
  readonly serverKeepsCopy?: boolean;
  /**
   * The addresses that a user may send from, the primary one first. Default: the user's name with `domain`, or as it is when it is an address.
   */
  senderAddresses?(mailbox: MailboxRef): Promise<readonly string[]>;
  /** What user names lack to be addresses, such as `example.com`. Default: nothing. */
  readonly domain?: string;
  /**
   * Where users are told that the server took a mail for some of its recipients and refused others: by a note in the inbox. Default: it is only logged.
   */
  readonly notices?: ImapConnections;
  /** Longest time for the server to be reached and to greet, in milliseconds each, from 1. Default 5000. */
  readonly connectMs?: number;
  /** How long the server may be silent, in milliseconds, from 1. Default 12000. */
  readonly silenceMs?: number;
}

/** {@link SmtpSubmissionOptions} with everything that was left out. */
export interface ResolvedSubmissionOptions extends SmtpSubmissionOptions {
  readonly port: number;
  readonly tls: "implicit" | "starttls" | "none";
  readonly credentials: ImapCredentialsSource | { readonly kind: "none" };
  readonly serverKeepsCopy: boolean;
  readonly connectMs: number;
  readonly silenceMs: number;
}

const times: Readonly<Record<"connectMs" | "silenceMs", Bounds>> = {
  connectMs: [5_000, 1, 600_000],
  silenceMs: [12_000, 1, 600_000],
};

/** @throws DirectPushError `ERR_OPTION_INVALID` for an option that cannot be. */
export function resolveSubmissionOptions(options: SmtpSubmissionOptions): ResolvedSubmissionOptions {
  check(isObject(options), "the options of smtpSubmission", "an object", options);
  const {
    host,
    tls = "implicit",
    credentials = { kind: "login" },
    serverKeepsCopy = false,
    domain,
  } = options;
  check(typeof host === "string" && host !== "", "host", "a name or an address", host);
  check(["implicit", "starttls", "none"].includes(tls), "tls", "implicit, starttls or none", tls);
  check(isObject(credentials), "credentials", "an object", credentials);
  check(typeof serverKeepsCopy === "boolean", "serverKeepsCopy", "true or false", serverKeepsCopy);
  const isDomain = domain === undefined || /^[^\s@]+$/.test(domain);
  check(isDomain, "domain", "what comes after the @ of an address", domain);
  const { senderAddresses } = options;
  const isHook = senderAddresses === undefined || typeof senderAddresses === "function";
  check(isHook, "senderAddresses", "a function", senderAddresses);
  const { port } = wholeNumbers("", options, { port: [tls === "implicit" ? 465 : 587, 1, 65_535] });
  return { ...options, ...wholeNumbers("", options, times), port, tls, credentials, serverKeepsCopy };
}
