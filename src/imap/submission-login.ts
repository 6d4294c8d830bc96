import type { MailboxRef } from "../push/mailbox-change-source.js";
import { credentialsFor, type ImapCredentials, isSendable } from "./imap-connections-credentials.js";
import { loginRefused, unreachable } from "./imap-connections-failure.js";
import type { ResolvedSubmissionOptions } from "./submission-options.js";

/** What nodemailer is given to log in with. */
export type SmtpLogin =
  | { readonly auth: { readonly user: string; readonly pass: string; readonly method?: string } }
  | { readonly auth: { readonly type: "OAuth2"; readonly user: string; readonly accessToken: string } }
  | Readonly<Record<string, never>>;

/** What of nodemailer's way to add login methods is used. */
interface LoginContext {
  sendCommand(command: string): Promise<{ readonly status: number; readonly response: string }>;
}

/**
 * The login of a user.
 *
 * @throws DirectPushError when there is none.
 */
export async function smtpLogin(
  { credentials: source }: ResolvedSubmissionOptions,
  mailbox: MailboxRef,
): Promise<SmtpLogin> {
  if (source.kind === "none") return {};
  let credentials: ImapCredentials | undefined;
  try {
    credentials = await credentialsFor(source, mailbox);
  } catch (error) {
    throw unreachable(error);
  }
  if (credentials === undefined || !isSendable(credentials)) throw loginRefused(mailbox.user);
  return loginWith(credentials);
}

function loginWith(credentials: ImapCredentials): SmtpLogin {
  const { user } = credentials;
  if (credentials.kind === "bearer")
    return { auth: { type: "OAuth2", user, accessToken: credentials.token } };
  const { password, authorizeAs } = credentials;
  if (authorizeAs === undefined) return { auth: { user, pass: password } };
  // nodemailer leaves the authorization identity out of PLAIN (RFC 4616): it would send as the master user.
  const plain = Buffer.from([authorizeAs, user, password].join("\0")).toString("base64");
  const customAuth = {
    PLAIN: async ({ sendCommand }: LoginContext): Promise<void> => {
      const { status, response } = await sendCommand(`AUTH PLAIN ${plain}`);
      if (status < 200 || status >= 300) throw new Error(response);
    },
  };
  return { auth: { user, pass: password, method: "PLAIN" }, customAuth } as SmtpLogin;
}
