/**
 * A mail server with Direct Push in one process: mail comes in over SMTP, phones connect over HTTP and mail one another, and one simulated
 * phone shows what happens. Run it with `npm run demo`; `npm run demo -- --help` tells the options.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createDirectPush } from "direct-push";
import { toNodeHandler } from "direct-push/node";
import { MemoryMailbox } from "direct-push/testing";
import { createTransport } from "nodemailer";
import { Directory } from "./directory.js";
import { narrate } from "./narrator.js";
import { type DemoOptions, readOptions } from "./options.js";
import { createOutbox } from "./outbox.js";
import { Phone } from "./phone.js";
import { createSmtpServer } from "./smtp.js";
import { showStatus } from "./status.js";
import { tell } from "./timeline.js";

const options = readOptions(process.argv.slice(2));
const directory = new Directory(options.users);
const people = [...new Set(options.users.map(({ name }) => name))].map((name) => ({
  displayName: name.split("@", 1)[0] ?? name,
  emailAddress: name.includes("@") ? name : `${name}@example.com`,
}));
const mailbox = new MemoryMailbox({ people });

const http = createServer();
http.keepAliveTimeout = 75_000;
const smtp = createSmtpServer(mailbox, directory, (user) => tell("mail", `arrives for ${user}`));
await listenOnBoth();
const httpPort = (http.address() as AddressInfo).port;
const smtpPort = (smtp.server.address() as AddressInfo).port;
const url = new URL(`http://127.0.0.1:${httpPort}/Microsoft-Server-ActiveSync`);

const directPush = createDirectPush({
  mailbox,
  source: mailbox,
  submission: createOutbox(mailbox, directory, (from, to) => tell("mail", `of ${from} arrives for ${to}`)),
  heartbeat: { minSeconds: options.heartbeatMinSeconds, maxSeconds: options.heartbeatMaxSeconds },
  policy: { enforce: options.provision },
  autodiscover: { url: url.href },
  authenticate: async (attempt) => {
    const user =
      attempt.kind === "basic" ? directory.authenticate(attempt.user, attempt.password) : undefined;
    return user === undefined ? { kind: "refused" } : { kind: "user", user: user.name };
  },
});

http.on("request", toNodeHandler(directPush));
console.log(`ready http=${url.href} smtp=smtp://127.0.0.1:${smtpPort}`);
narrate(directPush);
const status = await showStatus(directPush, options.statusPort);

let isClosing = false;
process.on("SIGINT", () => void shutDown());
process.on("SIGTERM", () => void shutDown());
const phone = options.phone ? startPhone(options) : undefined;
if (phone === undefined) tellHowToSendMail();

async function listenOnBoth(): Promise<void> {
  try {
    await Promise.all([
      once(http.listen(options.httpPort, "127.0.0.1"), "listening"),
      once(smtp.listen(options.smtpPort, "127.0.0.1"), "listening"),
    ]);
  } catch (error) {
    console.error(`${String(error)}\nChoose other ports: npm run demo -- --http-port 0 --smtp-port 0`);
    process.exit(1);
  }
}

/** Alice's phone; once it waits for the first time, a mail to her is sent. */
function startPhone({ heartbeatMinSeconds, heartbeatMaxSeconds }: DemoOptions): Phone {
  const settings = {
    url,
    user: "alice@example.com",
    password: directory.find("alice@example.com")?.password ?? "",
    deviceId: "DEMOPHONE1",
    deviceType: "DemoPhone",
    heartbeatMinSeconds,
    heartbeatMaxSeconds,
  };
  const started = new Phone(settings, (pings) => {
    if (pings === 0) setTimeout(() => void sendMail().catch(fail), 1_500);
    if (pings === 1) setTimeout(tellHowToSendMail, 200);
  });
  started.run().catch(fail);
  return started;
}

function tellHowToSendMail(): void {
  tell(
    "server",
    `waits for mail (Ctrl-C ends): curl smtp://127.0.0.1:${smtpPort} --mail-from a@b --mail-rcpt alice@example.com --upload-file mail.eml`,
  );
}

async function sendMail(): Promise<void> {
  if (isClosing) return;
  const transport = createTransport({ host: "127.0.0.1", port: smtpPort, ignoreTLS: true });
  tell("mail", "Bob sends alice@example.com a mail over SMTP");
  await transport.sendMail({
    from: "Bob <bob@example.com>",
    to: "alice@example.com",
    subject: "Lunch at noon?",
    text: "The place by the river, as always.",
  });
  transport.close();
}

/** Answers every held request and ends; a second Ctrl-C changes nothing. */
async function shutDown(): Promise<void> {
  if (isClosing) return;
  isClosing = true;
  tell("server", `closing, ${directPush.heldCount} held`);
  phone?.stop();
  // The held requests get their answers, and what comes meanwhile is served.
  await directPush.close();
  const closed = Promise.all([once(http, "close"), once(smtp.server, "close")]);
  http.close();
  smtp.close();
  await status?.close();
  http.closeIdleConnections();
  // Whoever has not read the answer by then is not waited for.
  setTimeout(() => http.closeAllConnections(), 2_000).unref();
  await closed;
  tell("server", "closed");
}

function fail(error: unknown): void {
  if (isClosing) return;
  console.error(error);
  process.exitCode = 1;
  void shutDown();
}
