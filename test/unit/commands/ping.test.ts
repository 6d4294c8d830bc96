import { beforeEach, describe, expect, it, vi } from "vitest";
import type { CommandContext } from "../../../src/commands/command.js";
import { folderSync } from "../../../src/commands/folder-sync.js";
import { ping } from "../../../src/commands/ping.js";
import { DirectPushError } from "../../../src/errors.js";
import { noParameters } from "../../../src/http/query-parameters.js";
import {
  cancelWipe,
  readDeviceRecord,
  requestWipe,
  updateDeviceRecord,
} from "../../../src/state/device-record.js";
import { stateKey } from "../../../src/state/state-key.js";
import {
  childText,
  element,
  emptyElement,
  FolderHierarchy,
  Ping,
  textElement,
  type WbxmlElement,
} from "../../../src/wbxml/index.js";
import { type BenchWishes, CommandBench, documentOf, plain, type SentCommand } from "./command-context.js";

/** What the device has synced, in place of the item states of Sync: folder to the marker behind its last key. */
const synced = vi.hoisted(() => new Map<string, string | undefined>());
/** Folders whose next Sync would send nothing, whatever their marker. */
const quiet = vi.hoisted(() => new Set<string>());

vi.mock("../../../src/sync-state/pending.js", () => ({
  pingState: async (_: CommandContext, folder: string) =>
    synced.has(folder)
      ? { kind: "synced", itemClass: "Email", marker: synced.get(folder) }
      : { kind: "never-synced" },
  hasPendingChanges: async ({ source, mailboxRef }: CommandContext, folder: string) =>
    !quiet.has(folder) && (await source.marker(mailboxRef, folder)) !== synced.get(folder),
}));

const mail = "From: bob@example.com\r\nSubject: Hello\r\n\r\nHello";

function request(heartbeat?: number | string, folders?: readonly string[]): WbxmlElement {
  return element(Ping.Ping, [
    heartbeat === undefined ? undefined : textElement(Ping.HeartbeatInterval, heartbeat),
    folders && element(Ping.Folders, folders.map(folderElement)),
  ]);
}

function folderElement(id: string): WbxmlElement {
  return element(Ping.Folder, [textElement(Ping.Id, id), textElement(Ping.Class, "Email")]);
}

async function syncFolders(bench: CommandBench, key = "0", wishes: BenchWishes = {}): Promise<string> {
  const document = element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.SyncKey, key)]);
  return childText(documentOf(await bench.send(folderSync, document, wishes)), FolderHierarchy.SyncKey) ?? "";
}

async function syncItems(bench: CommandBench, ...folders: readonly string[]): Promise<void> {
  for (const folder of folders) synced.set(folder, await bench.mailbox.marker({ user: bench.user }, folder));
}

/** A device that has synced its folders, the inbox and the calendar. */
async function phone(wishes: BenchWishes = {}): Promise<CommandBench> {
  const bench = new CommandBench(wishes);
  await syncFolders(bench);
  await syncItems(bench, "inbox", "calendar");
  return bench;
}

const answered = (sent: SentCommand): unknown =>
  sent.outcome === undefined ? "held" : plain(documentOf(sent));
const status = (value: number): unknown => ["Ping", ["Status", String(value)]];
const changed = (...folders: readonly string[]): unknown => [
  "Ping",
  ["Status", "2"],
  ["Folders", ...folders.map((folder) => ["Folder", folder])],
];

beforeEach(() => {
  synced.clear();
  quiet.clear();
});

describe("Ping, by Status", () => {
  it("1: nothing changed until the interval ran out, counted from the arrival", async () => {
    const bench = await phone();
    const sent = await bench.send(ping, request(60, ["inbox"]));
    await bench.clock.advance(59_000);
    expect(answered(sent)).toBe("held");
    await bench.clock.advance(1_000);
    expect(answered(sent)).toEqual(status(1));
  });

  it("2: names each watched folder that changed, and no other", async () => {
    const bench = await phone();
    const sent = await bench.send(ping, request(60, ["calendar", "inbox"]));
    bench.mailbox.deliver(bench.user, mail);
    bench.mailbox.deliver(bench.user, mail, { folder: "drafts" });
    await bench.clock.advance(100);
    expect(answered(sent)).toEqual(changed("inbox"));
  });

  it.each([
    ["no body", undefined],
    ["folders alone", request(undefined, ["inbox"])],
    ["an interval alone", request(60)],
  ])("3: %s, and nothing from a Ping before", async (_, document) => {
    expect(answered(await (await phone()).send(ping, document))).toEqual(status(3));
  });

  it.each([
    ["an empty Ping", emptyElement(Ping.Ping)],
    ["a Ping with unknown children alone", element(Ping.Ping, [textElement(Ping.Status, "1")])],
    [
      "an empty list",
      element(Ping.Ping, [textElement(Ping.HeartbeatInterval, 60), emptyElement(Ping.Folders)]),
    ],
    [
      "a folder without Id",
      element(Ping.Ping, [element(Ping.Folders, [element(Ping.Folder, [textElement(Ping.Class, "Email")])])]),
    ],
    ["an empty Id", request(60, [""])],
    ["an interval that is no number", request("soon", ["inbox"])],
    ["an empty interval", request("", ["inbox"])],
    ["a broken interval", request("60.5", ["inbox"])],
    ["another root", element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.SyncKey, "0")])],
  ])("4: %s", async (_, document) => {
    expect(answered(await (await phone()).send(ping, document))).toEqual(status(4));
  });

  it("4: a body that is no WBXML", () => {
    expect(ping.undecodable && plain(ping.undecodable())).toEqual(status(4));
  });

  it.each([
    [-100, 60],
    [0, 60],
    [59, 60],
    [3541, 3540],
    [6_000_000, 3540],
    ["99999999999999999999999", 3540],
    ["-99999999999999999999999", 60],
  ] as const)("5: %s seconds, told %i before anything is watched", async (asked, nearest) => {
    const bench = await phone();
    const sent = await bench.send(ping, request(asked, ["inbox"]));
    expect(answered(sent)).toEqual(["Ping", ["Status", "5"], ["HeartbeatInterval", String(nearest)]]);
    expect(bench.mailbox.openWatches).toBe(0);
    expect(bench.told.heartbeatsRefused).toMatchObject([{ nearestSeconds: nearest }]);
  });

  it("6: more folders than are allowed, told how many are", async () => {
    const bench = await phone({ options: { maxPingFolders: 2 } });
    const sent = await bench.send(ping, request(60, ["inbox", "calendar", "sent"]));
    expect(answered(sent)).toEqual(["Ping", ["Status", "6"], ["MaxFolders", "2"]]);
    expect(answered(await bench.send(ping, request(60, ["inbox", "calendar"])))).toBe("held");
  });

  it("7: the device never did a FolderSync", async () => {
    expect(answered(await new CommandBench().send(ping, request(60, ["inbox"])))).toEqual(status(7));
  });

  it("8: the mailbox fails while the Ping is held", async () => {
    const bench = await phone();
    const sent = await bench.send(ping, request(60, ["inbox"]));
    bench.mailbox.faults.failWith(new Error("down"));
    bench.mailbox.createFolder(bench.user, { name: "Made meanwhile" });
    await bench.clock.advance(100);
    expect(answered(sent)).toEqual(status(8));
    expect(bench.mailbox.openWatches).toBe(0);
  });

  it.each(["watch", "marker"] as const)("none, but later: %s fails before the Ping is held", async (call) => {
    const bench = await phone();
    bench.mailbox.faults.failWith(new Error("down"), [call]);
    const sent = await bench.send(ping, request(60, ["inbox"]));
    expect(sent.outcome).toMatchObject({ kind: "unavailable", error: { code: "ERR_CALL_FAILED" } });
    expect(bench.mailbox.openWatches).toBe(0);
  });
});

describe("Ping, what it leaves out", () => {
  it("takes both from the Ping before when there is no body, for as long as that asked for", async () => {
    const bench = await phone();
    (await bench.send(ping, request(120, ["inbox"]))).gone();
    const sent = await bench.send(ping, undefined);
    await bench.clock.advance(119_000);
    expect(answered(sent)).toBe("held");
    await bench.clock.advance(1_000);
    expect(answered(sent)).toEqual(status(1));
  });

  it("takes the interval from the Ping before, and replaces the list as a whole", async () => {
    const bench = await phone();
    (await bench.send(ping, request(120, ["inbox"]))).gone();
    const sent = await bench.send(ping, request(undefined, ["calendar"]));
    bench.mailbox.deliver(bench.user, mail);
    await bench.clock.advance(100);
    expect(bench.coordinator.held()).toMatchObject([
      { heartbeatSeconds: 120, folders: ["#hierarchy", "calendar"] },
    ]);
    expect(answered(sent)).toBe("held");
  });

  it("takes the list from the Ping before", async () => {
    const bench = await phone();
    (await bench.send(ping, request(120, ["inbox"]))).gone();
    await bench.send(ping, request(90));
    expect(bench.coordinator.held()).toMatchObject([
      { heartbeatSeconds: 90, folders: ["#hierarchy", "inbox"] },
    ]);
  });

  it.each([
    ["malformed", request("soon", ["calendar"])],
    ["out of bounds", request(10, ["calendar"])],
    ["too long a list", request(60, ["calendar", "inbox", "sent", "drafts"])],
  ])("keeps what it has when a Ping is refused: %s", async (_, document) => {
    const bench = await phone({ options: { maxPingFolders: 3 } });
    (await bench.send(ping, request(120, ["inbox"]))).gone();
    await bench.send(ping, document);
    await bench.send(ping, undefined);
    expect(bench.coordinator.held()).toMatchObject([
      { heartbeatSeconds: 120, folders: ["#hierarchy", "inbox"] },
    ]);
  });

  it("asks for everything when the interval it has is out of bounds by now", async () => {
    const bench = await phone({ options: { heartbeatMinSeconds: 10 } });
    await updateDeviceRecord(bench.state, bench.user, bench.deviceId, (record) => ({
      result: undefined,
      write: { ...record, ping: { heartbeatSeconds: 5, folders: [{ id: "inbox", class: "Email" }] } },
    }));
    expect(answered(await bench.send(ping, undefined))).toEqual(status(3));
    expect(answered(await bench.send(ping, request(undefined, ["inbox"])))).toEqual([
      "Ping",
      ["Status", "5"],
      ["HeartbeatInterval", "10"],
    ]);
  });

  it("survives a restart of the process, and asks for everything when the store lost it", async () => {
    const bench = await phone();
    (await bench.send(ping, request(120, ["inbox"]))).gone();
    const key = stateKey("device", bench.user, bench.deviceId);
    const stored = await bench.state.read(key);
    await bench.state.write(key, "{not json", stored?.version);
    expect(answered(await bench.send(ping, undefined))).toEqual(status(3));
  });

  it("writes nothing for a Ping that repeats the one before", async () => {
    const bench = await phone();
    (await bench.send(ping, request(120, ["inbox"]))).gone();
    const { writes } = bench.state;
    (await bench.send(ping, request(120, ["inbox"]))).gone();
    await bench.send(ping, undefined);
    expect(bench.state.writes).toBe(writes);
  });

  it("reads children in any order, and a folder that is listed twice as one", async () => {
    const bench = await phone();
    const inbox = element(Ping.Folder, [textElement(Ping.Class, "Nonsense"), textElement(Ping.Id, "inbox")]);
    await bench.send(
      ping,
      element(Ping.Ping, [element(Ping.Folders, [inbox, inbox]), textElement(Ping.HeartbeatInterval, 60)]),
    );
    expect(bench.coordinator.held()).toMatchObject([{ folders: ["#hierarchy", "inbox"] }]);
  });
});

describe("Ping, by the state of its folders", () => {
  it("reports at once what changed between the last Sync and the Ping, and again without a Sync in between", async () => {
    const bench = await phone();
    bench.mailbox.deliver(bench.user, mail);
    expect(answered(await bench.send(ping, request(60, ["inbox"])))).toEqual(changed("inbox"));
    expect(answered(await bench.send(ping, request(60, ["inbox"])))).toEqual(changed("inbox"));
    await syncItems(bench, "inbox");
    expect(answered(await bench.send(ping, request(60, ["inbox"])))).toBe("held");
  });

  it("waits after three reports without a Sync, and reports again once an interval was waited out", async () => {
    const bench = await phone();
    bench.mailbox.deliver(bench.user, mail);
    for (let report = 0; report < 3; report += 1) {
      expect(answered(await bench.send(ping, request(60, ["inbox"])))).toEqual(changed("inbox"));
    }
    const waiting = await bench.send(ping, request(60, ["inbox"]));
    expect(answered(waiting)).toBe("held");
    await bench.clock.advance(61_000);
    expect(answered(waiting)).toEqual(status(1));
    expect(answered(await bench.send(ping, request(60, ["inbox"])))).toEqual(changed("inbox"));
  });

  it.each(["created", "renamed", "deleted"])("7 at once for a folder that was %s elsewhere", async (how) => {
    const bench = await phone();
    bench.mailbox.createFolder(bench.user, { name: "A", id: "a" });
    const key = await syncFolders(bench);
    if (how === "created") bench.mailbox.createFolder(bench.user, { name: "B" });
    else if (how === "renamed") bench.mailbox.changeFolder(bench.user, "a", { name: "C" });
    else bench.mailbox.deleteFolder(bench.user, "a");
    expect(answered(await bench.send(ping, request(60, ["inbox"])))).toEqual(status(7));
    await syncFolders(bench, key);
    expect(answered(await bench.send(ping, request(60, ["inbox"])))).toBe("held");
  });

  it("7 while it waits, when the tree changes", async () => {
    const bench = await phone();
    const sent = await bench.send(ping, request(60, ["inbox"]));
    bench.mailbox.createFolder(bench.user, { name: "New" });
    await bench.clock.advance(100);
    expect(answered(sent)).toEqual(status(7));
  });

  it("goes on waiting when the tree changed to what the device knows", async () => {
    const bench = await phone();
    const sent = await bench.send(ping, request(60, ["inbox"]));
    bench.mailbox.changeFolder(bench.user, "sent", { name: "Other" });
    bench.mailbox.changeFolder(bench.user, "sent", { name: "Sent Items" });
    await bench.clock.advance(100);
    expect(answered(sent)).toBe("held");
  });

  it("7 once for a folder that is not there, then it is ignored until the next tree", async () => {
    const bench = await phone();
    const document = request(60, ["gone", "inbox"]);
    expect(answered(await bench.send(ping, document))).toEqual(status(7));
    const key = await syncFolders(bench);
    const sent = await bench.send(ping, document);
    expect(answered(sent)).toBe("held");
    sent.gone();
    bench.mailbox.createFolder(bench.user, { name: "New" });
    await syncFolders(bench, key);
    expect(answered(await bench.send(ping, document))).toEqual(status(7));
  });

  it("ignores a folder that is gone when the list is that of the Ping before", async () => {
    const bench = await phone();
    const key = await syncFolders(bench);
    await bench.send(ping, request(60, ["gone", "inbox"]));
    (await bench.send(ping, request(60, ["gone", "inbox"]))).gone();
    bench.mailbox.createFolder(bench.user, { name: "New" });
    await syncFolders(bench, key);
    // The device may have left the list out because it dropped the folder that it was told of.
    expect(answered(await bench.send(ping, undefined))).toBe("held");
  });

  it("ignores a folder that is gone although the device has synced it", async () => {
    const bench = await phone();
    synced.set("gone", "1");
    await bench.send(ping, request(60, ["gone", "inbox"]));
    await bench.send(ping, request(60, ["gone", "inbox"]));
    expect(bench.coordinator.held()).toMatchObject([{ folders: ["#hierarchy", "inbox"] }]);
  });

  it("7 when the device speaks a newer version now, that shows more folders", async () => {
    const bench = await phone({ version: "12.1" });
    expect(answered(await bench.send(ping, request(60, ["inbox"])))).toBe("held");
    expect(answered(await bench.send(ping, request(60, ["inbox"]), { version: "16.1" }))).toEqual(status(7));
  });

  it("asks the mailbox for its folders only when the tree may have changed", async () => {
    const bench = await phone();
    const asked = bench.mailbox.faults.calls("folders");
    await bench.send(ping, request(60, ["inbox"]));
    bench.mailbox.deliver(bench.user, mail);
    await bench.clock.advance(100);
    expect(bench.mailbox.faults.calls("folders")).toBe(asked);
  });

  it("ignores folders that were never synced, and waits even if there is no other", async () => {
    const bench = await phone();
    const sent = await bench.send(ping, request(60, ["outbox", "notes"]));
    expect(bench.coordinator.held()).toMatchObject([{ folders: ["#hierarchy"] }]);
    bench.mailbox.deliver(bench.user, mail, { folder: "outbox" });
    await bench.clock.advance(60_000);
    expect(answered(sent)).toEqual(status(1));
  });

  it("2 for a folder whose state was lost, three times if no Sync follows that starts over", async () => {
    const bench = await phone();
    (await bench.send(ping, request(60, ["inbox", "calendar"]))).gone();
    synced.delete("inbox");
    for (let times = 0; times < 3; times += 1) {
      expect(answered(await bench.send(ping, undefined))).toEqual(changed("inbox"));
    }
    expect(answered(await bench.send(ping, undefined))).toBe("held");
    await syncItems(bench, "inbox");
    (await bench.send(ping, undefined)).gone();
    synced.delete("inbox");
    expect(answered(await bench.send(ping, undefined))).toEqual(changed("inbox"));
  });

  describe("when all that was known of the device is lost", () => {
    async function forgotten(): Promise<{ readonly bench: CommandBench; readonly key: string }> {
      const bench = await phone();
      const key = await syncFolders(bench);
      (await bench.send(ping, request(60, ["inbox", "calendar"]))).gone();
      await bench.state.delete(stateKey("device", bench.user, bench.deviceId));
      await bench.state.delete(stateKey("hierarchy", bench.user, bench.deviceId));
      synced.clear();
      return { bench, key };
    }

    it("2 for the folders that it goes on with, after the FolderSync that found that out", async () => {
      const { bench, key } = await forgotten();
      expect(await syncFolders(bench, key)).toBe("");
      await syncFolders(bench);
      const sent = await bench.send(ping, request(60, ["inbox", "calendar"]));
      expect(answered(sent)).toEqual(changed("inbox", "calendar"));
    });

    it("2 for the folders that it goes on with, after the Ping that found that out", async () => {
      const { bench, key } = await forgotten();
      expect(answered(await bench.send(ping, request(60, ["inbox", "calendar"])))).toEqual(status(7));
      await syncFolders(bench, key);
      await syncFolders(bench);
      const sent = await bench.send(ping, request(60, ["inbox", "calendar"]));
      expect(answered(sent)).toEqual(changed("inbox", "calendar"));
    });

    it("is left alone with a folder once it has synced that, and after three times with one that it does not", async () => {
      const { bench, key } = await forgotten();
      await syncFolders(bench, key);
      await syncFolders(bench);
      await syncItems(bench, "inbox");
      for (let times = 0; times < 3; times += 1) {
        const sent = await bench.send(ping, request(60, ["inbox", "calendar"]));
        expect(answered(sent)).toEqual(changed("calendar"));
      }
      expect(answered(await bench.send(ping, request(60, ["inbox", "calendar"])))).toBe("held");
    });
  });

  it("does not wake for a change of which a Sync would send nothing", async () => {
    const bench = await phone();
    quiet.add("inbox");
    const id = bench.mailbox.deliver(bench.user, mail);
    const sent = await bench.send(ping, request(60, ["inbox"]));
    bench.mailbox.setRead(bench.user, "inbox", id);
    await bench.clock.advance(60_000);
    expect(answered(sent)).toEqual(status(1));
  });

  it("watches a folder whose rest is still to be sent: 2 at once", async () => {
    const bench = await phone();
    synced.set("inbox", undefined);
    expect(answered(await bench.send(ping, request(60, ["inbox"])))).toEqual(changed("inbox"));
  });
});

describe("Ping, held", () => {
  it("is answered 1 when a newer Ping of the device comes, in the same second", async () => {
    const bench = await phone();
    const older = bench.begin(ping, request(60, ["inbox"]));
    const newer = bench.begin(ping, request(60, ["inbox"]));
    await bench.clock.advance(100);
    expect(answered(older)).toEqual(status(1));
    expect(answered(newer)).toBe("held");
    expect(bench.coordinator.heldCount).toBe(1);
  });

  it("is answered 1 when a FolderSync changes what the device knows", async () => {
    const bench = new CommandBench();
    const key = await syncFolders(bench);
    bench.mailbox.faults.hang(["watch"]);
    const sent = await bench.send(ping, request(60, ["inbox"]));
    bench.mailbox.createFolder(bench.user, { name: "New" });
    await syncFolders(bench, key);
    expect(answered(sent)).toEqual(status(1));
    bench.mailbox.faults.recover();
  });

  it("is answered 1 when the server closes, and 7 when an operator calls the device", async () => {
    const bench = await phone();
    const recalled = await bench.send(ping, request(60, ["inbox"]));
    bench.coordinator.recall(bench.user, bench.deviceId);
    await bench.clock.advance(0);
    expect(answered(recalled)).toEqual(status(7));
    const closing = await bench.send(ping, request(60, ["inbox"]));
    void bench.coordinator.close();
    await bench.clock.advance(0);
    expect(answered(closing)).toEqual(status(1));
  });

  it("leaves nothing behind when the client goes away", async () => {
    const bench = await phone();
    const sent = await bench.send(ping, request(60, ["inbox"]));
    expect(bench.mailbox.openWatches).toBe(1);
    sent.gone();
    await bench.clock.settle();
    expect(bench.mailbox.openWatches).toBe(0);
    expect(bench.clock.pendingTimers).toBe(0);
  });

  it("is unavailable when the store fails before it is held", async () => {
    const bench = await phone();
    bench.state.read = () => Promise.reject(new DirectPushError("ERR_CALL_FAILED", "down"));
    expect((await bench.send(ping, request(60, ["inbox"]))).outcome).toMatchObject({ kind: "unavailable" });
  });
});

describe("the interval of a Ping", () => {
  it("is told apart from the time it is held, where that is shorter", async () => {
    const bench = await phone();
    const context = bench.context();
    const received = {
      document: request(480, ["inbox"]),
      policyKey: undefined,
      receivedAtMs: 0,
      sequence: 1,
      network: undefined,
      rawBody: undefined,
      parameters: noParameters,
    };
    const negotiate = (answerAfterSeconds: number): CommandContext["negotiator"] => ({
      negotiate: () => ({ kind: "accepted", heartbeatSeconds: 480, answerAfterSeconds }),
      observe: () => undefined,
      knowledge: () => undefined,
      isKnown: () => true,
      restore: () => undefined,
      held: () => undefined,
    });
    const shorter = await ping.run(received, { ...context, negotiator: negotiate(400) });
    const { heartbeatSeconds, askedSeconds } = shorter.kind === "hold" ? shorter.hold : {};
    expect({ heartbeatSeconds, askedSeconds }).toEqual({ heartbeatSeconds: 400, askedSeconds: 480 });
    const equal = await ping.run(received, { ...context, negotiator: negotiate(480) });
    expect(equal.kind === "hold" && (equal.hold.askedSeconds ?? equal.hold.heartbeatSeconds)).toBe(480);
  });
});

describe("Ping of a device that repeats itself", () => {
  it("holds equal refusals back from the sixth on, a little longer each time, and lets go of them", async () => {
    const bench = await phone();
    const delays: number[] = [];
    for (let round = 0; round < 14; round += 1) {
      const sent = bench.begin(ping, emptyElement(Ping.Ping));
      await bench.clock.settle();
      const begun = bench.clock.monotonicNow();
      while (sent.outcome === undefined) await bench.clock.advance(250);
      expect(answered(sent)).toEqual(status(4));
      delays.push(Math.round((bench.clock.monotonicNow() - begun) / 1000));
    }
    expect(delays).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 25, 25, 25, 25]);
    const last = bench.begin(ping, emptyElement(Ping.Ping));
    await bench.clock.settle();
    last.gone();
    await bench.clock.settle();
    expect(bench.clock.pendingTimers).toBe(0);
  });

  it("answers at once again after a Ping that was all right", async () => {
    const bench = await phone();
    for (let round = 0; round < 5; round += 1) await bench.send(ping, emptyElement(Ping.Ping));
    bench.mailbox.deliver(bench.user, mail);
    expect(answered(await bench.send(ping, request(60, ["inbox"])))).toEqual(changed("inbox"));
    expect(answered(await bench.send(ping, emptyElement(Ping.Ping)))).toEqual(status(4));
  });

  it("stops reporting a folder that is never synced, until something new comes", async () => {
    const bench = await phone();
    bench.mailbox.deliver(bench.user, mail);
    for (let round = 0; round < 3; round += 1) {
      expect(answered(await bench.send(ping, request(60, ["inbox"])))).toEqual(changed("inbox"));
    }
    const sent = await bench.send(ping, request(60, ["inbox"]));
    expect(answered(sent)).toBe("held");
    bench.mailbox.deliver(bench.user, mail);
    await bench.clock.advance(100);
    expect(answered(sent)).toEqual(changed("inbox"));
  });

  it("goes on reporting a folder that is synced each time", async () => {
    const bench = await phone();
    for (let round = 0; round < 10; round += 1) {
      bench.mailbox.deliver(bench.user, mail);
      expect(answered(await bench.send(ping, request(60, ["inbox"])))).toEqual(changed("inbox"));
      await syncItems(bench, "inbox");
    }
  });
});

describe("Ping of a device that the operator has plans for", () => {
  it("7 while it is to erase itself, 129 once it did, and held again when it is let back", async () => {
    const bench = await phone();
    await requestWipe(bench.state, bench.user, bench.deviceId, "device");
    expect(answered(await bench.send(ping, request(60, ["inbox"])))).toEqual(status(7));
    await updateDeviceRecord(bench.state, bench.user, bench.deviceId, (record) => ({
      result: undefined,
      write: { ...record, wipe: { scope: "device", state: "done" } },
    }));
    const refused = await bench.send(ping, request(60, ["inbox"]));
    expect(refused.outcome).toEqual({ kind: "common-status", status: 129 });
    await cancelWipe(bench.state, bench.user, bench.deviceId);
    expect(answered(await bench.send(ping, request(60, ["inbox"])))).toBe("held");
  });

  it("129 for a device before 16.1 that is to erase its account alone", async () => {
    const bench = await phone({ version: "14.1" });
    await requestWipe(bench.state, bench.user, bench.deviceId, "account");
    const refused = await bench.send(ping, request(60, ["inbox"]));
    expect(refused.outcome).toEqual({ kind: "common-status", status: 129 });
  });

  it("asks for no policy key, but 7 when the policy is newer than what the device accepted", async () => {
    const policy = { enforce: true, document: { devicePasswordEnabled: true } };
    const bench = await phone();
    expect(answered(await bench.send(ping, request(60, ["inbox"]), { policy }))).toEqual(status(7));
    const lenient = { ...policy, allowUnprovisionable: true };
    expect(answered(await bench.send(ping, request(60, ["inbox"]), { policy: lenient }))).toBe("held");
    expect(ping.needsPolicyKey).toBe(false);
    expect((await readDeviceRecord(bench.state, bench.user, bench.deviceId)).policy).toBeUndefined();
  });
});
