import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../examples/cluster/free-port.js";
import { child, children, childText, FolderHierarchy, Ping } from "../../src/wbxml/index.js";
import { within } from "../contract/deadline.js";
import { wirePhone } from "../examples/wire-phone.js";
import { Dovecot, dovecotIsThere, passwordOf } from "./dovecot.js";
import { hibernation } from "./dovecot-configuration.js";
import { ServingProgram } from "./serving-program.js";

describe.skipIf(!dovecotIsThere())("serve --watch idle in front of a Dovecot that hibernates", () => {
  let dovecot: Dovecot;
  let folder: string;

  beforeAll(async () => {
    dovecot = await Dovecot.start({ extra: hibernation });
    folder = mkdtempSync(join(tmpdir(), "direct-push-idle-"));
  });
  afterAll(async () => {
    await dovecot.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const options = (): readonly string[] => [
    ...["--imap", `imap://127.0.0.1:${dovecot.imapPort}`, "--watch", "idle"],
    ...["--state", join(folder, "state")],
  ];

  it("wakes what is held while its connection hibernates, again and again", async () => {
    const port = await freePort();
    const program = new ServingProgram([...options(), "--host", "127.0.0.1", "--port", String(port)]);
    try {
      await program.says("started");
      const phone = wirePhone(port, { user: "alice", password: passwordOf("alice") });
      const { document } = await within("FolderSync", phone.folderSync(), 20_000);
      const added = children(child(document, FolderHierarchy.Changes), FolderHierarchy.Add);
      const isInbox = (one: (typeof added)[number]): boolean => childText(one, FolderHierarchy.Type) === "2";
      const inbox = childText(added.find(isInbox), FolderHierarchy.ServerId) ?? "";
      await within("the first Sync", phone.syncAll(inbox), 20_000);
      for (const round of [1, 2, 3]) {
        const held = phone.ping({ heartbeatSeconds: 900, folders: [inbox] });
        await within("hibernation", untilHibernating(), 30_000);
        await dovecot.deliver("alice", `round ${round}`);
        const answer = await within("the answer to a Ping", held.answer, 20_000);
        expect(childText(answer.document, Ping.Status)).toBe("2");
        expect((await phone.sync(inbox)).added).toHaveLength(1);
      }
    } finally {
      await program.kill();
    }
  });

  it("says with --check how changes are told", async () => {
    const args = ["--import", "tsx", "src/cli/main.ts", "serve", "--check", "--user", "alice", ...options()];
    const env = { ...process.env, DIRECT_PUSH_PASSWORD: passwordOf("alice") };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(stdout).toMatch(/ok {4}IDLE: the inbox is watched, the other folders are asked about/);
    expect(stdout).not.toContain("NOTIFY");
    expect(stdout).toMatch(/Phones can come\.\n$/);
  });

  /** Waits until a connection has no process of its own any more. Those that wait for work in the pool keep theirs. */
  async function untilHibernating(): Promise<void> {
    while (imapProcesses(dovecot.pid) >= (await dovecot.connectionsOf("alice"))) await setTimeout(100);
  }
});

/** How many processes below one are called `imap`. */
function imapProcesses(parent: number): number {
  const names = readdirSync("/proc").map((pid) => {
    try {
      const [, name, ppid] = /^\d+ \((.*)\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      return Number(ppid) === parent ? name : undefined;
    } catch {
      // No process, or one that has ended.
      return undefined;
    }
  });
  return names.filter((name) => name === "imap").length;
}
