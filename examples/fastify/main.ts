/** Direct Push on Fastify 5 (or 4), beside other routes. Mail for Alice:
 * `curl --data-binary @mail.eml --header content-type:message/rfc822 http://127.0.0.1:8080/mail`. */
import { createDirectPush } from "direct-push";
import { toFastify } from "direct-push/fastify";
import { MemoryMailbox } from "direct-push/testing";
import fastify from "fastify";

const mailbox = new MemoryMailbox();
const directPush = createDirectPush({
  mailbox,
  source: mailbox,
  authenticate: async (attempt) =>
    attempt.kind === "basic" && attempt.user === "alice@example.com" && attempt.password === "alice"
      ? { kind: "user", user: attempt.user }
      : { kind: "refused" },
});

const app = fastify({ keepAliveTimeout: 75_000 });
await app.register(toFastify(directPush));
app.addContentTypeParser(
  "message/rfc822",
  { parseAs: "buffer" },
  async (_request: unknown, body: Buffer) => body,
);
app.post<{ Body: Buffer }>("/mail", async (request, reply) => {
  mailbox.deliver("alice@example.com", request.body);
  return await reply.code(204).send();
});

const address = await app.listen({ port: Number(process.env["PORT"] ?? 8080), host: "127.0.0.1" });
console.log(`ready ${address}/Microsoft-Server-ActiveSync`);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => void app.close()); // answers every held request
}
