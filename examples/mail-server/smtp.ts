import type { MemoryMailbox } from "direct-push/testing";
import { SMTPServer } from "smtp-server";
import type { Directory } from "./directory.js";

/** Accepts mail for the users of the directory and puts it into their inboxes. */
export function createSmtpServer(
  mailbox: MemoryMailbox,
  directory: Directory,
  onDelivered: (user: string) => void,
): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    size: 25 * 1024 * 1024,
    onRcptTo(address, _session, callback) {
      callback(directory.find(address.address) ? null : new Error("550 No such user here"));
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("error", callback);
      stream.on("end", () => {
        if (stream.sizeExceeded) {
          callback(new Error("552 Message too large"));
          return;
        }
        const raw = Buffer.concat(chunks);
        const users = new Set(session.envelope.rcptTo.map((to) => directory.find(to.address)?.name));
        Promise.all(
          [...users].map(async (user) => {
            if (user === undefined) return;
            await mailbox.deliver(user, raw);
            onDelivered(user);
          }),
        ).then(() => callback(null), callback);
      });
    },
  });
}
