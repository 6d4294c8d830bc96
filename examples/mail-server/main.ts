/**
 * A mail server with Direct Push in one process: mail comes in over SMTP, phones connect over HTTP, and one simulated phone shows what
 * happens. Run it with `npm run demo`; `npm run demo -- --help` tells the options.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createDirectPush } from "direct-push";
import { toNodeHandler } from "direct-push/node";
import { MemoryMailbox } from "direct-push/testing";
import { createTransport } from "nodemailer";
import { Directory } from "./directory.js";
import { type DemoOptions, readOptions } from "./options.js";
import { Phone } from "./phone.js";
import { createSmtpServer } from "./smtp.js";
import { tell } from "./timeline.js";

const options = readOptions(process.argv.slice(2));
const directory = new Directory(options.users);
const mailbox = new MemoryMailbox();

const directPush = createDirectPush({
  mailbox,
  source: mailbox,
  heartbeat: { minSeconds: options.heartbeatMinSeconds, maxSeconds: options.heartbeatMaxSeconds },
  policy: { enforce: options.provision },
  authenticate: async (attempt) => {
    const user =
      attempt.kind === "basic" ? directory.authenticate(attempt.user, attempt.password) : undefined;
    return user === undefined ? { kind: "refused" } : { kind: "user", user: user.name };
  },
});

const http = createServer(toNodeHandler(directPush));
http.keepAliveTimeout = 75_000;
const smtp = createSmtpServer(mailbox, directory, (user) => tell("mail", `delivered to ${user}`));

await Promise.all([
  once(http.listen(options.httpPort, "127.0.0.1"), "listening"),
  once(smtp.listen(options.smtpPort, "127.0.0.1"), "listening"),
]);
const httpPort = (http.address() as AddressInfo).port;
const smtpPort = (smtp.server.address() as AddressInfo).port;
const url = new URL(`http://127.0.0.1:${httpPort}/Microsoft-Server-ActiveSync`);
console.log(`ready http=${url.href} smtp=smtp://127.0.0.1:${smtpPort}`);

const phone = options.phone ? startPhone(options) : undefined;
process.once("SIGINT", () => void shutDown());
process.once("SIGTERM", () => void shutDown());

/** Alice's phone; once it waits for the first time, a mail to her is sent. */
function startPhone({ heartbeatMinSeconds, heartbeatMaxSeconds }: DemoOptions): Phone {
  const account = {
    url,
    user: "alice@example.com",
    password: "alice",
    deviceId: "DEMOPHONE1",
    deviceType: "DemoPhone",
  };
  const heartbeatSeconds = Math.min(Math.max(480, heartbeatMinSeconds), heartbeatMaxSeconds);
  const started = new Phone(account, heartbeatSeconds, (pings) => {
    if (pings === 0) setTimeout(() => void sendMail().catch(fail), 1_500);
    if (pings === 1)
      tell(
        "server",
        `Send another: curl smtp://127.0.0.1:${smtpPort} --mail-from a@b --mail-rcpt alice@example.com --upload-file mail.eml (Ctrl-C ends)`,
      );
  });
  started.run().catch(fail);
  return started;
}

async function sendMail(): Promise<void> {
  const transport = createTransport({ host: "127.0.0.1", port: smtpPort, ignoreTLS: true });
  tell("mail", "a mail to alice@example.com arrives over SMTP");
  await transport.sendMail({
    from: "Bob <bob@example.com>",
    to: "alice@example.com",
    subject: "Lunch at noon?",
    text: "The place by the river, as always.",
  });
  transport.close();
}

async function shutDown(): Promise<void> {
  tell("server", `closing, ${directPush.heldCount} held`);
  phone?.stop();
  await directPush.close();
  http.close();
  http.closeIdleConnections();
  smtp.close();
  await Promise.all([once(http, "close"), once(smtp.server, "close")]);
  tell("server", "closed");
}

function fail(error: unknown): void {
  console.error(error);
  process.exitCode = 1;
  void shutDown();
}
