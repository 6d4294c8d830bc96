/** Direct Push on Hono, on its Node server, beside other routes. Mail for Alice:
 * `curl --data-binary @mail.eml http://127.0.0.1:8080/mail`. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { createDirectPush } from "direct-push";
import { toHono } from "direct-push/hono";
import { MemoryMailbox } from "direct-push/testing";
import { Hono } from "hono";

const mailbox = new MemoryMailbox();
const directPush = createDirectPush({
  mailbox,
  source: mailbox,
  authenticate: async (attempt) =>
    attempt.kind === "basic" && attempt.user === "alice@example.com" && attempt.password === "alice"
      ? { kind: "user", user: attempt.user }
      : { kind: "refused" },
});

const app = new Hono();
app.use(toHono(directPush));
app.post("/mail", async (context) => {
  mailbox.deliver("alice@example.com", new Uint8Array(await context.req.arrayBuffer()));
  return context.body(null, 204);
});

const server = createAdaptorServer({ fetch: app.fetch });
await once(server.listen(Number(process.env["PORT"] ?? 8080), "127.0.0.1"), "listening");
console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}/Microsoft-Server-ActiveSync`);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, async () => {
    await directPush.close(); // answers every held request, and serves what comes meanwhile
    server.close();
  });
}
