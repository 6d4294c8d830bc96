import type { MailboxRef } from "../push/mailbox-change-source.js";

/** What proves to the IMAP server who the user is. */
export type ImapCredentials =
  | {
      readonly kind: "password";
      readonly user: string;
      readonly password: string;
      /** The user whose mailbox is opened, when `user` is somebody else (the authorization identity of SASL PLAIN, RFC 4616). */
      readonly authorizeAs?: string;
    }
  /** OAuth: OAUTHBEARER (RFC 7628), or XOAUTH2 where the server has only that. */
  | { readonly kind: "bearer"; readonly user: string; readonly token: string };

/**
 * Where credentials come from.
 *
 * - `login`: the phone's own, which `imapAuthentication` put into `MailboxRef.login`.
 * - `master`: one master user opens every mailbox. `authzid` names the mailbox as SASL's authorization identity; `suffix` logs in
 *   as `user*master`, as Dovecot and Cyrus allow it.
 * - `hook`: whatever it returns; for OAuth, a token that is fresh. Asked for each new connection.
 */
export type ImapCredentialsSource =
  | { readonly kind: "login" }
  | {
      readonly kind: "master";
      readonly user: string;
      readonly password: string;
      /** Default `authzid`. */
      readonly form?: "authzid" | "suffix";
      /** Between the two names of the form `suffix`, one character. Default `*`. */
      readonly separator?: string;
    }
  | { readonly kind: "hook"; credentials(mailbox: MailboxRef): Promise<ImapCredentials> };

/** Tells credentials in a `MailboxRef.login` from whatever else an integrator put there. */
function isImapCredentials(login: unknown): login is ImapCredentials {
  if (typeof login !== "object" || login === null) return false;
  const { kind, user, password, token } = login as Record<string, unknown>;
  if (typeof user !== "string") return false;
  return kind === "password" ? typeof password === "string" : kind === "bearer" && typeof token === "string";
}

/**
 * Credentials that open a user's mailbox; undefined when the source has none for it.
 *
 * @throws whatever the hook throws.
 */
export async function credentialsFor(
  source: ImapCredentialsSource,
  mailbox: MailboxRef,
): Promise<ImapCredentials | undefined> {
  if (source.kind === "hook") return await source.credentials(mailbox);
  if (source.kind === "login") return isImapCredentials(mailbox.login) ? mailbox.login : undefined;
  const { user, password, form = "authzid", separator = "*" } = source;
  if (form === "authzid") return { kind: "password", user, password, authorizeAs: mailbox.user };
  // Such a name would be read by the server as two others.
  if (mailbox.user.includes(separator)) return undefined;
  return { kind: "password", user: `${mailbox.user}${separator}${user}`, password };
}

/** The text that is secret about credentials. */
export function secretOf(credentials: ImapCredentials): string {
  return credentials.kind === "password" ? credentials.password : credentials.token;
}

/** Whether names and secrets have nothing in them that a login could be forged with: SASL divides its fields by such characters. */
export function isSendable(credentials: ImapCredentials): boolean {
  const texts = [credentials.user, secretOf(credentials)];
  if (credentials.kind === "password" && credentials.authorizeAs !== undefined)
    texts.push(credentials.authorizeAs);
  return texts.every((text) => text !== "" && !hasControl(text));
}

function hasControl(text: string): boolean {
  return [...text].some((character) => character < " " || character === "\u007f");
}
