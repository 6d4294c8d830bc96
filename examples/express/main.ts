/** Direct Push on Express 5 (or 4), beside other routes. Mail for Alice:
 * `curl --data-binary @mail.eml http://127.0.0.1:8080/mail`. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createDirectPush } from "direct-push";
import { toExpress } from "direct-push/express";
import { MemoryMailbox } from "direct-push/testing";
import express from "express";

const mailbox = new MemoryMailbox();
const directPush = createDirectPush({
  mailbox,
  source: mailbox,
  authenticate: async (attempt) =>
    attempt.kind === "basic" && attempt.user === "alice@example.com" && attempt.password === "alice"
      ? { kind: "user", user: attempt.user }
      : { kind: "refused" },
});

const app = express();
app.use(toExpress(directPush)); // before body parsers
app.post("/mail", express.raw({ type: () => true }), (request, response) => {
  mailbox.deliver("alice@example.com", request.body as Buffer);
  response.sendStatus(204);
});

const server = createServer(app);
server.keepAliveTimeout = 75_000;
await once(server.listen(Number(process.env["PORT"] ?? 8080), "127.0.0.1"), "listening");
console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}/Microsoft-Server-ActiveSync`);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, async () => {
    await directPush.close(); // answers every held request, and serves what comes meanwhile
    server.close();
  });
}
