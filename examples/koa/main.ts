/** Direct Push on Koa 3 (or 2), beside other middleware. Mail for Alice:
 * `curl --data-binary @mail.eml http://127.0.0.1:8080/mail`. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { createDirectPush } from "direct-push";
import { toKoa } from "direct-push/koa";
import { MemoryMailbox } from "direct-push/testing";
import Koa from "koa";

const mailbox = new MemoryMailbox();
const directPush = createDirectPush({
  mailbox,
  source: mailbox,
  authenticate: async (attempt) =>
    attempt.kind === "basic" && attempt.user === "alice@example.com" && attempt.password === "alice"
      ? { kind: "user", user: attempt.user }
      : { kind: "refused" },
});

const app = new Koa();
app.use(toKoa(directPush)); // before body parsers
app.use(async (context) => {
  if (context.path !== "/mail" || context.method !== "POST") return;
  mailbox.deliver("alice@example.com", await buffer(context.req));
  context.status = 204;
});

const server = createServer(app.callback());
server.keepAliveTimeout = 75_000;
await once(server.listen(Number(process.env["PORT"] ?? 8080), "127.0.0.1"), "listening");
console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}/Microsoft-Server-ActiveSync`);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, async () => {
    await directPush.close(); // answers every held request, and serves what comes meanwhile
    server.close();
  });
}
