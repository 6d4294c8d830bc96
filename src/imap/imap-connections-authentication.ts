import type { AuthenticationAttempt } from "../http/authorization.js";
import type { Authentication } from "../options.js";
import { check } from "../server/check-options.js";
import type { ImapConnections } from "./imap-connections.js";
import { isSendable } from "./imap-connections-credentials.js";

/** Who the owner of an OAuth token is. */
export interface BearerOwner {
  /** The name of the user's mailbox on the IMAP server. */
  readonly user: string;
  /** The token that the IMAP server is to get; the phone's own by default. */
  readonly token?: string;
}

/** How phones prove who they are. */
export interface ImapAuthenticationOptions {
  /**
   * The name of the mailbox on the IMAP server, from what the phone sent as user. It is the key of everything stored, so let two spellings of one user
   * become one. Undefined: refused. Default: what follows `DOMAIN\`, in small letters.
   */
  userOf?(sent: string): string | undefined;
  /** Looks an OAuth token up; undefined: refused. Throw when that cannot be said now. Default: tokens are refused. */
  bearer?(token: string): Promise<BearerOwner | undefined>;
}

/**
 * An `authenticate` for `createDirectPush` that asks the IMAP server, and remembers for a short time what it said. The login goes into
 * `MailboxRef.login`, where {@link ImapConnections} with the credentials `login` find it. While the server cannot be reached it throws, so
 * that phones get 503 and never 401.
 */
export function imapAuthentication(
  connections: ImapConnections,
  options: ImapAuthenticationOptions = {},
): (attempt: AuthenticationAttempt) => Promise<Authentication> {
  const { userOf = defaultUserOf, bearer } = options;
  check(typeof userOf === "function", "userOf", "a function", userOf);
  check(bearer === undefined || typeof bearer === "function", "bearer", "a function", bearer);
  return async (attempt) => {
    if (attempt.kind === "basic") {
      const user = userOf(attempt.user);
      if (user === undefined) return { kind: "refused" };
      const login = { kind: "password", user, password: attempt.password } as const;
      if (!isSendable(login)) return { kind: "refused" };
      const verdict = await connections.checkLogin(user, login);
      return verdict === "taken" ? { kind: "user", user, login } : { kind: "refused" };
    }
    const owner = attempt.kind === "bearer" ? await bearer?.(attempt.token) : undefined;
    if (attempt.kind !== "bearer" || owner === undefined) return { kind: "refused" };
    const { user, token = attempt.token } = owner;
    return { kind: "user", user, login: { kind: "bearer", user, token } };
  };
}

function defaultUserOf(sent: string): string | undefined {
  const user = sent.slice(sent.lastIndexOf("\\") + 1).toLowerCase();
  return user === "" ? undefined : user;
}
