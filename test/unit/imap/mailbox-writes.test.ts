import { ImapConnections, ImapFolders, ImapMailbox } from "direct-push/imap";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { versionOf } from "../../../src/imap/flags.js";
import { itemIdOf } from "../../../src/imap/items-id.js";
import { type ImapScript, ScriptedImapServer } from "./scripted-imap-server.js";
import { alice } from "./scripted-watch.js";

const item = itemIdOf({ uidValidity: 7n, uid: 5 });
const read = { kind: "email-flags", read: true } as const;

let server: ScriptedImapServer;
let connections: ImapConnections;
let flags: string[];
let modSeq: number;
beforeEach(() => {
  flags = [];
  modSeq = 9;
});
afterEach(async () => {
  await connections.close();
  await server.close();
});

/** A server with one mail, of UID 5, which does what it is told unless the script says otherwise. */
async function start(script: ImapScript = () => undefined, capabilities?: string) {
  server = await ScriptedImapServer.start((command) => {
    const told = script(command);
    if (told !== undefined) return told;
    if (/^(?:SELECT|EXAMINE) /.test(command)) {
      return [
        ...["* 1 EXISTS", "* FLAGS (\\Seen \\Flagged \\Answered \\Deleted)", "* OK [UIDVALIDITY 7] so"],
        ...["* OK [PERMANENTFLAGS (\\Seen \\Flagged \\Answered \\Deleted \\*)] so", "* OK [UIDNEXT 6] so"],
        "* OK [HIGHESTMODSEQ 9] so",
      ];
    }
    if (command.startsWith("STATUS ")) return ["* STATUS INBOX (UIDVALIDITY 7 UIDNEXT 6)"];
    if (command.startsWith("UID FETCH ")) return [message()];
    const [, sign, named = ""] = /^UID STORE 5 .*([+-])FLAGS(?:\.SILENT)? \(([^)]*)\)/.exec(command) ?? [];
    if (sign === undefined) return undefined;
    set(sign === "+", named.split(" "));
    return [message()];
  }, capabilities);
  connections = new ImapConnections({ host: "127.0.0.1", port: server.port, tls: "none" });
  const mailbox = new ImapMailbox(connections, new ImapFolders(connections, { makeMissing: false }));
  const folder = (await mailbox.folders(alice)).find(({ kind }) => kind === "inbox")?.id ?? "";
  return { mailbox, folder };
}

function message(): string {
  return `* 1 FETCH (UID 5 FLAGS (${flags.join(" ")}) INTERNALDATE "28-Nov-2026 12:00:00 +0000" MODSEQ (${modSeq}))`;
}

function set(on: boolean, names: readonly string[]): void {
  modSeq += 1;
  flags = [...flags.filter((flag) => !names.includes(flag)), ...(on ? names : [])];
}

function stores(): string[] {
  return server.commands.filter((command) => command.startsWith("UID STORE"));
}

describe("flags of a mail", () => {
  test("are stored, and their version is that of the mail then", async () => {
    const { mailbox, folder } = await start();
    const updated = await mailbox.update(alice, folder, item, read, versionOf(new Set()));
    expect(updated).toMatchObject({
      kind: "updated",
      version: versionOf(new Set(["\\Seen"])),
      flags: { read: true },
    });
    expect(stores()).toEqual(["UID STORE 5 (UNCHANGEDSINCE 9) +FLAGS (\\Seen)"]);
  });

  test("are not stored for a mail that was answered meanwhile", async () => {
    flags = ["\\Answered"];
    const { mailbox, folder } = await start();
    const updated = await mailbox.update(alice, folder, item, read, versionOf(new Set()));
    expect(updated).toEqual({ kind: "version-mismatch" });
    expect(stores()).toEqual([]);
  });

  test("are not stored for one that is answered between the look and the storing", async () => {
    const { mailbox, folder } = await start((command) => {
      if (!command.includes("UNCHANGEDSINCE 9")) return undefined;
      set(true, ["\\Answered"]);
      return [message(), "OK [MODIFIED 5] somebody was faster"];
    });
    const updated = await mailbox.update(alice, folder, item, read, versionOf(new Set()));
    expect(updated).toEqual({ kind: "version-mismatch" });
    expect(flags).toEqual(["\\Answered"]);
  });

  test("are stored whatever others change, when no version is expected", async () => {
    const { mailbox, folder } = await start();
    set(true, ["\\Flagged"]);
    const updated = await mailbox.update(alice, folder, item, read, undefined);
    expect(updated).toMatchObject({ kind: "updated" });
    expect(new Set(flags)).toEqual(new Set(["\\Flagged", "\\Seen"]));
    expect(stores()[0]).not.toContain("UNCHANGEDSINCE");
  });

  test("of a mail that is gone, or marked as deleted, are not there", async () => {
    flags = ["\\Deleted"];
    const { mailbox, folder } = await start();
    expect(await mailbox.update(alice, folder, item, read, undefined)).toEqual({ kind: "not-found" });
    const other = itemIdOf({ uidValidity: 8n, uid: 5 });
    expect(await mailbox.update(alice, folder, other, read, undefined)).toEqual({ kind: "not-found" });
    expect(stores()).toEqual([]);
  });

  test("that a full mailbox does not take are refused for that reason", async () => {
    const { mailbox, folder } = await start((command) =>
      command.includes("STORE") ? ["NO [OVERQUOTA] full"] : undefined,
    );
    const updated = await mailbox.update(alice, folder, item, read, undefined);
    expect(updated).toEqual({ kind: "quota-exceeded" });
  });
});

describe("a mail that is removed", () => {
  test("is expunged alone where the server can", async () => {
    const { mailbox, folder } = await start((command) =>
      command.startsWith("UID EXPUNGE ") ? ["* 1 EXPUNGE"] : undefined,
    );
    expect(await mailbox.delete(alice, folder, item)).toEqual({ kind: "deleted" });
    expect(server.commands).toContain("UID EXPUNGE 5");
  });

  test("is marked where the server would take others along", async () => {
    const { mailbox, folder } = await start(undefined, "IMAP4rev1 ENABLE CONDSTORE QRESYNC");
    expect(await mailbox.delete(alice, folder, item)).toEqual({ kind: "deleted" });
    expect(flags).toEqual(["\\Deleted"]);
    expect(server.commands.filter((command) => command.includes("EXPUNGE"))).toEqual([]);
  });
});

test.each([
  ["with MOVE", "IMAP4rev1 ENABLE CONDSTORE UIDPLUS MOVE", ["UID MOVE 5"]],
  ["without MOVE", "IMAP4rev1 ENABLE CONDSTORE UIDPLUS", ["UID COPY 5", "UID STORE 5", "UID EXPUNGE 5"]],
])("a mail that is moved %s is in one folder afterwards", async (_what, capabilities, commands) => {
  const { mailbox, folder } = await start((command) => {
    if (/^UID (?:MOVE|COPY) /.test(command)) return ["OK [COPYUID 8 5 21] done"];
    if (command.startsWith("UID EXPUNGE ")) return ["* 1 EXPUNGE"];
    return command.startsWith("LIST ") && !command.includes('""  ""')
      ? ['* LIST () "/" INBOX', '* LIST () "/" Archive']
      : undefined;
  }, capabilities);
  const archive = (await mailbox.folders(alice)).find(({ name }) => name === "Archive")?.id ?? "";
  expect(await mailbox.move(alice, folder, item, archive)).toMatchObject({
    kind: "moved",
    id: itemIdOf({ uidValidity: 8n, uid: 21 }),
  });
  const done = server.commands.filter((command) => /^UID (?:MOVE|COPY|STORE|EXPUNGE)/.test(command));
  expect(done.map((command) => command.split(" ").slice(0, 3).join(" "))).toEqual(commands);
});

describe("a mail that is copied without MOVE, and that its folder does not let go,", () => {
  const withoutMove = "IMAP4rev1 ENABLE CONDSTORE UIDPLUS";

  /** Moves it to the archive, where it becomes 21 of a folder with UIDVALIDITY 8. */
  async function moved(script: ImapScript, uidValidity = 8) {
    const { mailbox, folder } = await start((command) => {
      if (command.startsWith("UID COPY ")) return ["OK [COPYUID 8 5 21] done"];
      if (command.startsWith("UID STORE 21 ")) return ["* 1 FETCH (UID 21 FLAGS (\\Deleted))"];
      if (command === "SELECT INBOX/Archive") {
        return ["* 1 EXISTS", `* OK [UIDVALIDITY ${uidValidity}] so`, "* OK [UIDNEXT 22] so"];
      }
      const told = script(command);
      if (told !== undefined) return told;
      return /^LIST .*\*/.test(command) ? ['* LIST () "/" INBOX', '* LIST () "/" INBOX/Archive'] : undefined;
    }, withoutMove);
    const archive = (await mailbox.folders(alice)).find(({ name }) => name === "Archive")?.id ?? "";
    return await mailbox.move(alice, folder, item, archive);
  }

  function writes(): string[] {
    const commands = server.commands.filter((command) =>
      /^(?:SELECT|UID (?:COPY|STORE|EXPUNGE))/.test(command),
    );
    return commands.map((command) => command.split(" ").slice(0, 3).join(" "));
  }

  test("is in its old folder alone", async () => {
    const refused = await moved((command) =>
      command.startsWith("UID STORE 5 ") ? ["NO [NOPERM] it stays"] : undefined,
    );
    expect(refused).toEqual({ kind: "forbidden" });
    expect(writes()).toEqual([
      "SELECT INBOX",
      "UID COPY 5",
      "UID STORE 5",
      "SELECT INBOX/Archive",
      "UID STORE 21",
      "UID EXPUNGE 21",
    ]);
  });

  test("is in both where the UIDs of the other folder are not what they were", async () => {
    const stays: ImapScript = (command) =>
      command.startsWith("UID STORE 5 ") ? ["NO [NOPERM] it stays"] : undefined;
    expect(await moved(stays, 9)).toEqual({ kind: "forbidden" });
    expect(writes()).not.toContain("UID STORE 21");
  });

  test("is moved where it is marked as deleted and does not show any more", async () => {
    const result = await moved((command) =>
      command.startsWith("UID EXPUNGE ") ? ["NO it is only marked"] : undefined,
    );
    expect(result).toMatchObject({ kind: "moved", id: itemIdOf({ uidValidity: 8n, uid: 21 }) });
    expect(writes()).not.toContain("UID STORE 21");
  });

  test("is in both where the connection is lost before the server has answered", async () => {
    const result = moved((command) => {
      if (command.startsWith("UID STORE 5 ")) server.hangUp();
      return undefined;
    });
    await expect(result).rejects.toThrow();
    expect(writes()).not.toContain("UID STORE 21");
  });
});
