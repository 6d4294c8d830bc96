import { connect } from "node:net";
import { type ConnectionOptions, connect as connectSecurely } from "node:tls";
import type { MailSubmission } from "../../../mailbox/mail-submission.js";
import type { MailboxRef } from "../../../push/mailbox-change-source.js";
import type { SmtpSettings } from "../settings.js";
import { explained } from "./explained.js";
import type { Finding } from "./finding.js";

const PATIENCE_MS = 10_000;

/** Looks whether a user can send: the server greets, and the user has an address to send from. Nothing is sent. */
export async function inspectSmtp(
  smtp: SmtpSettings | undefined,
  submission: MailSubmission | undefined,
  mailbox: MailboxRef,
  tlsOptions: ConnectionOptions | undefined,
): Promise<readonly Finding[]> {
  if (smtp === undefined || submission === undefined) {
    return [{ isWell: true, text: "no --smtp: phones cannot send" }];
  }
  const where = `${smtp.host}:${smtp.port}`;
  const addresses = (await submission.senderAddresses?.(mailbox)) ?? [];
  const sender: Finding =
    addresses.length === 0
      ? {
          isWell: false,
          text: `${mailbox.user} is no address, and has none to send from: give --address-domain`,
        }
      : { isWell: true, text: `sends as ${addresses.join(", ")}` };
  try {
    return [{ isWell: true, text: `${where} greets: ${await greeting(smtp, tlsOptions)}` }, sender];
  } catch (error) {
    return [{ isWell: false, text: `${where}: ${explained(error)}` }, sender];
  }
}

/** The first line that the server says. */
function greeting(
  { host, port, tls }: SmtpSettings,
  tlsOptions: ConnectionOptions | undefined,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket =
      tls === "implicit"
        ? connectSecurely({ host, port, servername: host, ...tlsOptions })
        : connect({ host, port });
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error("it says nothing")));
    socket.setEncoding("utf8").once("data", (text: Buffer | string) => {
      const [line = ""] = String(text).split("\r\n");
      socket.end("QUIT\r\n");
      if (line.startsWith("220")) resolve(line);
      else reject(new Error(line));
    });
    socket.once("error", reject).once("end", () => reject(new Error("it ended the connection")));
  });
}
