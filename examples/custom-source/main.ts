/** Direct Push in front of a mail store that knows nothing of it: `mail-store.ts` is what you have, `change-source.ts` and `mailbox.ts` what you
 * write. Mail for Alice: `curl --data-binary 'Hello!' http://127.0.0.1:8080/mail`. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createDirectPush } from "direct-push";
import { toNodeHandler } from "direct-push/node";
import { storeChangeSource } from "./change-source.js";
import { MailStore } from "./mail-store.js";
import { storeMailbox } from "./mailbox.js";

const store = new MailStore();
store.setMaxListeners(0); // one for each held request
const directPush = createDirectPush({
  mailbox: storeMailbox(store),
  source: storeChangeSource(store),
  authenticate: async (attempt) =>
    attempt.kind === "basic" && attempt.user === "alice@example.com" && attempt.password === "alice"
      ? { kind: "user", user: attempt.user }
      : { kind: "refused" },
});
const activeSync = toNodeHandler(directPush);

const server = createServer((request, response) => {
  if (request.url === "/mail" && request.method === "POST") void receiveMail(request, response);
  else activeSync(request, response); // 404 for whatever is not its path
});
server.keepAliveTimeout = 75_000;
await once(server.listen(Number(process.env["PORT"] ?? 8080), "127.0.0.1"), "listening");
console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}/Microsoft-Server-ActiveSync`);

async function receiveMail(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const mail = { from: "bob@example.com", to: "alice@example.com", subject: "A message" };
  store.add("alice@example.com", "inbox", { ...mail, text: await text(request), receivedMs: Date.now() });
  response.writeHead(204).end();
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, async () => {
    await directPush.close(); // answers every held request, and serves what comes meanwhile
    server.close();
  });
}
