import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { toNodeHandler } from "../../src/adapters/node.js";
import { createDirectPush } from "../../src/index.js";
import { MemoryMailbox } from "../../src/testing/index.js";
import { until } from "../contract/deadline.js";
import { RunningProgram } from "./running-program.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const user = "alice@example.com";

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

/** The first TypeScript of docs/client.md, as it stands there but for the server's address. */
function example(port: number): string {
  const [, block = ""] =
    /^```ts\n([\s\S]*?)^```$/m.exec(readFileSync(join(root, "docs/client.md"), "utf8")) ?? [];
  const there = block.replace("https://mail.example.com/", `http://127.0.0.1:${port}/`);
  expect(there, "the block names the server").not.toBe(block);
  return there;
}

function programOf(text: string): RunningProgram {
  const scratch = mkdtempSync(join(tmpdir(), "client-documentation-"));
  symlinkSync(join(root, "node_modules"), join(scratch, "node_modules"));
  writeFileSync(join(scratch, "package.json"), '{ "type": "module" }');
  writeFileSync(join(scratch, "client.ts"), text);
  const program = new RunningProgram([join(scratch, "client.ts")], { MAIL_PASSWORD: "secret" });
  opened.push(() => {
    program.kill();
    rmSync(scratch, { recursive: true, force: true });
  });
  return program;
}

it("the first example is short, is pushed to, outlives the server, and ends on Ctrl-C", async () => {
  const mailbox = new MemoryMailbox();
  const directPush = createDirectPush({
    mailbox,
    source: mailbox,
    authenticate: async (attempt) =>
      attempt.kind === "basic" && attempt.password === "secret"
        ? { kind: "user", user }
        : { kind: "refused" },
  });
  const server = createServer(toNodeHandler(directPush));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  opened.push(() => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;

  const text = example(port);
  expect(text.split("\n").filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(20);
  const program = programOf(text);
  await until("a held Ping", () => directPush.heldCount === 1);
  mailbox.deliver(user, "From: bob@example.com\r\nSubject: Pushed\r\n\r\nHello");
  await program.prints(/^mail: Pushed$/m);

  await until("the next Ping", () => directPush.heldCount === 1);
  server.close().closeAllConnections();
  await program.prints(/next try in [\d.]+ s/);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  mailbox.deliver(user, "From: bob@example.com\r\nSubject: Meanwhile\r\n\r\nHello");
  await program.prints(/^mail: Meanwhile$/m);

  expect(await program.endsOn("SIGINT"), program.output).toBe(0);
  expect(program.output).toMatch(/^ended: stopped$/m);
});
