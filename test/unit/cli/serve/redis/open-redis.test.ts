import { createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { freePort } from "../../../../../examples/cluster/free-port.js";
import { openRedis } from "../../../../../src/cli/serve/redis/open-redis.js";
import { within } from "../../../../contract/deadline.js";

let server: Server | undefined;
const sockets = new Set<Socket>();

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server?.close();
  server = undefined;
});

/** Something that answers each command as it is told to, by the command's name; undefined: not at all. */
async function fakeRedis(answer: (command: string) => string | undefined): Promise<number> {
  const listening = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      for (const [, command = ""] of chunk.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)) {
        const text = answer(command.toUpperCase());
        if (text !== undefined) socket.write(`${text}\r\n`);
      }
    });
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const address = listening.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

async function problemAt(port: number, startMs: number): Promise<string> {
  const url = `redis://mail:hunter2@127.0.0.1:${port}`;
  const settings = { kind: "redis", urls: [url], place: `redis://127.0.0.1:${port}` } as const;
  const opened = openRedis({ settings, forgetAfterDays: 90, startMs });
  const message = await within(
    "the attempt to end",
    opened.then(
      () => "",
      (error: Error) => error.message,
    ),
  );
  expect(message).toContain(`Redis at redis://127.0.0.1:${port} cannot be used: `);
  expect(message).not.toContain("hunter2");
  return message;
}

it("says so when nothing listens", async () => {
  expect(await problemAt(await freePort(), 300)).toContain("ECONNREFUSED");
});

it("says so when nothing answers", async () => {
  expect(await problemAt(await fakeRedis(() => undefined), 300)).toContain("does not answer");
});

it("says at once that the password is wrong", async () => {
  const port = await fakeRedis(() => "-WRONGPASS invalid username-password pair or user is disabled.");
  expect(await problemAt(port, 600_000)).toContain("WRONGPASS");
});

it("says that Redis is too old", async () => {
  const port = await fakeRedis((command) =>
    command === "SPUBLISH" ? "-ERR unknown command `SPUBLISH`, with args beginning with: " : "+OK",
  );
  expect(await problemAt(port, 600_000)).toContain("Redis 7 or Valkey is needed");
});
