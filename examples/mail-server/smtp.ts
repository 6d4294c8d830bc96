import type { MemoryMailbox } from "direct-push/testing";
import { SMTPServer } from "smtp-server";
import type { Directory } from "./directory.js";

/** Accepts mail for the users of the directory and puts it into their inboxes. */
export function createSmtpServer(
  mailbox: MemoryMailbox,
  directory: Directory,
  onDelivery: (user: string) => void,
): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    // A demo must work without a name server, and end when it is told to.
    disableReverseLookup: true,
    closeTimeout: 1_000,
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
        for (const user of users) {
          if (user === undefined) continue;
          onDelivery(user);
          mailbox.deliver(user, raw);
        }
        callback(null);
      });
    },
  });
}
