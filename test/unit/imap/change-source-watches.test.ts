import type { ImapChangeSourceOptions } from "direct-push/imap";
import { afterEach, expect, test } from "vitest";
import { until } from "../../contract/deadline.js";
import { type ImapScript, ScriptedImapServer } from "./scripted-imap-server.js";
import { alice, watchedServer } from "./scripted-watch.js";

let server: ScriptedImapServer;
let watched: ReturnType<typeof watchedServer>;
let mails = 1;
afterEach(async () => {
  await watched.close();
  await server.close();
  mails = 1;
});

const status = (): string =>
  `* STATUS INBOX (UIDVALIDITY 7 UIDNEXT ${mails + 1} MESSAGES ${mails} HIGHESTMODSEQ ${mails})`;

const opened = (): string[] => [
  `* ${mails} EXISTS`,
  "* OK [UIDVALIDITY 7] so",
  `* OK [UIDNEXT ${mails + 1}] so`,
  `* OK [HIGHESTMODSEQ ${mails}] so`,
];

async function start(script: ImapScript, capabilities: string, options: ImapChangeSourceOptions = {}) {
  server = await ScriptedImapServer.start((command) => {
    if (command.startsWith("STATUS ")) return [status()];
    return /^(?:SELECT|EXAMINE) /.test(command) ? opened() : script(command);
  }, capabilities);
  watched = watchedServer(server, { pollMs: 1_000, ...options });
  const inbox = await watched.inbox();
  const told: string[] = [];
  const stop = await watched.source.watch(alice, [inbox], (folder) => told.push(folder));
  return { inbox, told, stop };
}

/** Lets time pass until something holds. */
async function eventually(what: string, stepMs: number, holds: () => boolean): Promise<void> {
  await until(what, () => {
    if (holds()) return true;
    void watched.clock.advance(stepMs);
    return false;
  });
}

test("a server that could not tell all that happened (NOTIFICATIONOVERFLOW) is asked for everything at once", async () => {
  const { inbox, told, stop } = await start(
    (command) => (command.startsWith("NOTIFY ") ? [status()] : undefined),
    "IMAP4rev1 ENABLE CONDSTORE QRESYNC NOTIFY",
  );
  const asked = (): number => server.commands.filter((command) => command.startsWith("NOTIFY SET")).length;
  expect(asked()).toBe(1);
  mails = 2;
  server.say("* OK [NOTIFICATIONOVERFLOW] too much to tell");
  await eventually("the mail to be told", 0, () => told.includes(inbox));
  expect(asked()).toBe(2);
  expect(watched.clock.monotonicNow()).toBeLessThan(1_000);
  stop();
});

test.each([
  ["auto", ["NOTIFY"]],
  ["idle", ["IDLE"]],
  ["poll", []],
] as const)("with mode %s a server that can all is watched with %j", async (mode, commands) => {
  const { stop } = await start(
    (command) => (command.startsWith("NOTIFY ") ? [status()] : undefined),
    "IMAP4rev1 ENABLE CONDSTORE QRESYNC NOTIFY IDLE",
    { mode },
  );
  const words = (): string[] => server.commands.map((command) => command.split(" ")[0] ?? "");
  await until("the watch to begin", () => commands.every((command) => words().includes(command)));
  expect(words().filter((word) => word === "NOTIFY" || word === "IDLE")).toEqual(commands);
  stop();
});

test("a STATUS that says what is known already wakes nobody", async () => {
  const { inbox, told, stop } = await start(
    (command) => (command.startsWith("NOTIFY ") ? [status()] : undefined),
    "IMAP4rev1 ENABLE CONDSTORE QRESYNC NOTIFY",
  );
  server.say(status());
  server.say(status());
  mails = 2;
  server.say(status());
  await until("the mail to be told", () => told.length > 0);
  server.say(status());
  await watched.clock.advance(60_000);
  expect(told).toEqual([inbox]);
  stop();
});

test("a server that overflows again and again is asked once in five seconds", async () => {
  const { stop } = await start((command) => {
    if (!command.startsWith("NOTIFY ")) return undefined;
    return [status(), "* OK [NOTIFICATIONOVERFLOW] too much to tell"];
  }, "IMAP4rev1 ENABLE CONDSTORE QRESYNC NOTIFY");
  const asked = (): number => server.commands.filter((command) => command.startsWith("NOTIFY SET")).length;
  const beganMs = watched.clock.monotonicNow();
  server.say("* OK [NOTIFICATIONOVERFLOW] too much to tell");
  await eventually("four more questions", 500, () => asked() >= 5);
  expect(watched.clock.monotonicNow() - beganMs).toBeGreaterThanOrEqual(15_000);
  stop();
});

test("a server that refuses NOTIFY is watched with IDLE", async () => {
  const { inbox, told, stop } = await start(
    (command) => (command.startsWith("NOTIFY ") ? ["NO not for you"] : undefined),
    "IMAP4rev1 ENABLE CONDSTORE QRESYNC NOTIFY IDLE",
  );
  await until("IDLE", () => server.commands.includes("IDLE"));
  server.say("* 2 EXISTS");
  await until("the mail to be told", () => told.includes(inbox));
  stop();
});

test("a server that refuses IDLE is asked as often as one without it", async () => {
  const { inbox, told, stop } = await start((command) => {
    if (command === "IDLE") return ["NO not now"];
    return command === "NOOP" && mails > 1 ? [`* ${mails} EXISTS`] : undefined;
  }, "IMAP4rev1 ENABLE CONDSTORE QRESYNC IDLE");
  await until("IDLE to be asked for", () => server.commands.includes("IDLE"));
  mails = 2;
  await eventually("the mail to be told", 100, () => told.includes(inbox));
  expect(watched.clock.monotonicNow()).toBeLessThan(60_000);
  expect(server.commands.filter((command) => command === "IDLE")).toHaveLength(1);
  stop();
});
