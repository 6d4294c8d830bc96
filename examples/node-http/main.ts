/** Direct Push on Node's own HTTP server, beside other routes. Mail for Alice:
 * `curl --data-binary @mail.eml http://127.0.0.1:8080/mail`. `TCP_KEEP_ALIVE=1200` probes connections that were idle for 20 minutes. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { createDirectPush } from "direct-push";
import { toNodeHandler } from "direct-push/node";
import { MemoryMailbox } from "direct-push/testing";

const mailbox = new MemoryMailbox();
const directPush = createDirectPush({
  mailbox,
  source: mailbox,
  authenticate: async (attempt) =>
    attempt.kind === "basic" && attempt.user === "alice@example.com" && attempt.password === "alice"
      ? { kind: "user", user: attempt.user }
      : { kind: "refused" },
});
const activeSync = toNodeHandler(directPush);

// Off unless asked for, as each probe wakes the phone. What it is good for: docs/heartbeat.md, "TCP keep-alive".
const probesAfterSeconds = Number(process.env["TCP_KEEP_ALIVE"] ?? 0);
directPush.events.on("dropped", ({ how, device, afterMilliseconds }) => {
  if (how === "timed-out") console.log(`${device?.id} was gone after ${afterMilliseconds / 1_000} s`);
});

const options = { keepAlive: probesAfterSeconds > 0, keepAliveInitialDelay: probesAfterSeconds * 1_000 };
const server = createServer(options, (request, response) => {
  if (request.url === "/mail" && request.method === "POST") void receiveMail(request, response);
  else activeSync(request, response); // 404 for whatever is not its path
});
server.keepAliveTimeout = 75_000;
await once(server.listen(Number(process.env["PORT"] ?? 8080), "127.0.0.1"), "listening");
console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}/Microsoft-Server-ActiveSync`);

async function receiveMail(request: IncomingMessage, response: ServerResponse): Promise<void> {
  mailbox.deliver("alice@example.com", await buffer(request));
  response.writeHead(204).end();
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, async () => {
    await directPush.close(); // answers every held request, and serves what comes meanwhile
    server.close();
  });
}
