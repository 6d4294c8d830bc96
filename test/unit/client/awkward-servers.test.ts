import { afterEach, describe, expect, it } from "vitest";
import {
  EasClient,
  type EasClientOptions,
  type EasResult,
  fixedInterval,
  type IntervalOutcome,
} from "../../../src/client/index.js";
import { FakeClock } from "../../../src/testing/index.js";
import {
  AirSync,
  child,
  children,
  childText,
  element,
  emptyElement,
  FolderHierarchy,
  Ping,
  Provision,
  textElement,
} from "../../../src/wbxml/index.js";
import { until, within } from "../../contract/deadline.js";
import { heard, story, type Told } from "./client-bench.js";
import {
  changedAnswer,
  cutAfter,
  foldersAnswer,
  pingAnswer,
  portal,
  presentedKey,
  type Script,
  ScriptedTransport,
  syncAnswer,
} from "./scripted-transport.js";

interface Stage {
  readonly phone: EasClient;
  readonly line: ScriptedTransport;
  readonly clock: FakeClock;
  readonly told: Told[];
  /** What the strategy was told. */
  readonly outcomes: IntervalOutcome[];
}

const stages: Stage[] = [];
afterEach(() => {
  for (const { phone, clock } of stages.splice(0)) {
    phone.close();
    expect(clock.pendingTimers).toBe(0);
  }
});

function stage(script: Script, options: Partial<EasClientOptions> = {}): Stage {
  const clock = new FakeClock();
  const line = new ScriptedTransport(script);
  const outcomes: IntervalOutcome[] = [];
  const phone = new EasClient({
    url: line.url,
    user: "alice",
    authorization: { kind: "none" },
    device: { id: "PHONE1", type: "Test" },
    transport: line,
    clock,
    random: () => 0,
    heartbeat: {
      ...fixedInterval(600),
      next: (state, _asked, outcome) => {
        outcomes.push(outcome);
        return state;
      },
    },
    ...options,
  });
  const made = { phone, line, clock, told: story(phone), outcomes };
  stages.push(made);
  return made;
}

/** Runs until so many Pings were sent. */
async function pings({ phone, line }: Stage, count: number): Promise<void> {
  const run = phone.run();
  run.catch(() => {});
  await until(`${count} Pings`, () => line.sent("Ping").length >= count);
}

const delays = (told: readonly Told[]): number[] =>
  told.flatMap(([name, event]) => (name === "delayed" ? [(event as { seconds: number }).seconds] : []));

const listedIn = (document: Parameters<typeof child>[0]): (string | undefined)[] =>
  children(child(document, Ping.Folders), Ping.Folder).map((folder) => childText(folder, Ping.Id));

describe("a Ping's answer", () => {
  it("Status 3 is followed by the whole list, at once", async () => {
    const held = stage(
      { Ping: [pingAnswer(5, textElement(Ping.HeartbeatInterval, 500)), pingAnswer(3), "hold"] },
      {
        pingFolders: "when-changed",
      },
    );
    await pings(held, 3);
    expect(held.line.sent("Ping").map(listedIn)).toEqual([["inbox", "calendar"], [], ["inbox", "calendar"]]);
    expect(delays(held.told)).toEqual([]);
  });

  it("Status 3 to the whole list is not followed by the same for ever without a pause", async () => {
    const held = stage({ Ping: [pingAnswer(3)] });
    await pings(held, 2);
    await heard(held.told, "delayed");
    await held.clock.advance(1_000);
    await heard(held.told, "delayed", 2);
    expect([held.line.sent("Ping").length, delays(held.told)]).toEqual([3, [1, 2]]);
  });

  it.each([
    ["Status 4", pingAnswer(4)],
    ["Status 8", pingAnswer(8)],
    ["Status 111", pingAnswer(111)],
    ["Status 2 without folders", pingAnswer(2)],
    ["no body", "empty"],
    ["a captive portal", portal],
    ["HTTP 500", 500],
  ] as const)("%s is followed by growing pauses", async (_what, answer) => {
    const held = stage({ Ping: [answer] });
    await pings(held, 1);
    for (const [count, seconds] of [1, 2, 4, 8].entries()) {
      await heard(held.told, "delayed", count + 1);
      await held.clock.advance(seconds * 1000);
    }
    expect(delays(held.told).slice(0, 4)).toEqual([1, 2, 4, 8]);
    expect(held.outcomes.every(({ kind }) => kind === "abandoned")).toBe(true);
  });

  it("pauses grow to their maximum, and start small again after success", async () => {
    const held = stage(
      { Ping: [500, 500, 500, 500, pingAnswer(1), 500] },
      { backOff: { maximumSeconds: 4 } },
    );
    await pings(held, 1);
    for (let count = 1; count <= 5; count++) {
      await heard(held.told, "delayed", count);
      await held.clock.advance(10_000);
    }
    expect(delays(held.told).slice(0, 5)).toEqual([1, 2, 2, 2, 1]);
  });

  it("Status 6 is followed by as many folders as the server takes, the inbox among them", async () => {
    const held = stage(
      {
        FolderSync: [foldersAnswer("1", { calendar: 8, contacts: 9, inbox: 2 })],
        Ping: [pingAnswer(6, textElement(Ping.MaxFolders, 2)), "hold"],
      },
      {},
    );
    await pings(held, 2);
    expect(listedIn(held.line.sent("Ping")[1])).toEqual(["inbox", "calendar"]);
    expect(held.phone.state.maxPingFolders).toBe(2);
    expect(delays(held.told)).toEqual([]);
  });

  it("Status 7 for ever is a FolderSync each time, with a pause between", async () => {
    const held = stage({ Ping: [pingAnswer(7)] });
    await pings(held, 2);
    await heard(held.told, "delayed");
    expect(held.line.sent("FolderSync")).toHaveLength(2);
    expect(delays(held.told)).toEqual([1]);
  });

  it("Status 2 for ever, with nothing to sync, does not drain the battery", async () => {
    const held = stage({ Ping: [changedAnswer("inbox")] });
    await pings(held, 2);
    await heard(held.told, "delayed");
    await held.clock.advance(1_000);
    await heard(held.told, "delayed", 2);
    expect(delays(held.told)).toEqual([1, 2]);
  });

  it("Status 1 at once, for ever, does neither", async () => {
    const held = stage({ Ping: [pingAnswer(1)] });
    await pings(held, 2);
    await heard(held.told, "delayed");
    expect(held.outcomes.map(({ kind }) => kind)).toEqual(["changed", "changed"]);
  });

  it("Status 1 well before the end does not prove the whole interval", async () => {
    const early = { kind: "answered", status: 200, headers: {}, document: pingAnswer(1) } as const;
    const held = stage({
      Ping: [{ ...early, afterSeconds: 420 }, { ...early, afterSeconds: 599.7 }, "hold"],
    });
    await pings(held, 3);
    expect(held.outcomes).toEqual([{ kind: "changed", afterSeconds: 420 }, { kind: "expired" }]);
    expect(delays(held.told)).toEqual([]);
  });

  it.each([129, 177])("Status %i ends the run", async (status) => {
    const held = stage({ Ping: [pingAnswer(status)] });
    expect(await within("the end", held.phone.run())).toMatchObject({
      kind: "refused",
      command: "Ping",
      status,
    });
  });

  it("a cut, a proxy's 504 and silence are told to the strategy", async () => {
    const proxy = {
      kind: "answered",
      status: 504,
      headers: {},
      document: undefined,
      afterSeconds: 60,
    } as const;
    const silent = { kind: "silent", afterSeconds: 620 } as const;
    const held = stage({ Ping: [cutAfter(300), proxy, silent, cutAfter(0.2), "hold"] });
    const run = held.phone.run();
    for (let count = 1; count <= 4; count++) {
      await heard(held.told, "delayed", count);
      await held.clock.advance(60_000);
    }
    await until("the fifth Ping", () => held.line.sent("Ping").length === 5);
    expect(held.outcomes.map((outcome) => ({ ...outcome, kind: outcome.kind }))).toMatchObject([
      { kind: "failed", how: "cut", afterSeconds: 300 },
      { kind: "failed", how: "cut", afterSeconds: 60 },
      { kind: "failed", how: "silent", afterSeconds: 620 },
      { kind: "abandoned" },
    ]);
    held.phone.close();
    await run;
  });
});

describe("what OPTIONS offers", () => {
  const offering = (versions: string): EasResult => ({
    kind: "answered",
    status: 200,
    headers: { "ms-asprotocolversions": versions },
    document: undefined,
    afterSeconds: 0.1,
  });

  it.each([
    ["2.5,12.0,12.1,14.0,14.1", undefined, "14.1"],
    ["16.1, 14.0 ,2.5", undefined, "16.1"],
    ["12.1,99.0,16.2", undefined, "12.1"],
    ["12.1,14.0,14.1,16.0,16.1", ["14.0", "12.1"], "14.0"],
  ] as const)("%s, of which %j is spoken, is used as version %s", async (offered, versions, used) => {
    const held = stage(
      { OPTIONS: [offering(offered)], Settings: ["empty"] },
      versions === undefined ? {} : { versions },
    );
    await pings(held, 1);
    const after = held.line.calls.filter(({ command }) => command !== "OPTIONS");
    expect(new Set(after.map(({ version }) => version))).toEqual(new Set([used]));
    expect(held.phone.state.version).toBe(used);
  });

  it("ends the run when none of it is spoken", async () => {
    const held = stage({ OPTIONS: [offering("2.5,12.0")] });
    expect(await within("the end", held.phone.run())).toEqual({
      kind: "no-common-version",
      offered: ["2.5", "12.0"],
    });
  });
});

describe("pauses", () => {
  const busy = (retryAfter: string): EasResult => ({
    kind: "answered",
    status: 503,
    headers: { "retry-after": retryAfter },
    document: undefined,
    afterSeconds: 0.1,
  });

  it.each([
    ["seconds", () => "90", 90],
    ["a date", (nowMs: number) => new Date(nowMs + 45_000).toUTCString(), 45],
    ["a date that is over", (nowMs: number) => new Date(nowMs - 45_000).toUTCString(), 1],
    ["longer than a day", () => "999999", 86_400],
    ["nothing that is known", () => "soon", 1],
    ["less than the phone's own pause", () => "0", 1],
  ] as const)("last as long as the server says in Retry-After: %s", async (_what, header, seconds) => {
    const held = stage({ FolderSync: [() => busy(header(held.clock.now()))] });
    const run = held.phone.run();
    await heard(held.told, "delayed");
    expect(delays(held.told)[0]).toBeCloseTo(seconds, 0);
    held.phone.close();
    await run;
  });

  it("are left to chance by half, so that phones do not come back all at once", async () => {
    const held = stage({ FolderSync: [500] }, { random: () => 0.5, backOff: { firstSeconds: 8 } });
    const run = held.phone.run();
    await heard(held.told, "delayed");
    await held.clock.advance(6_000);
    await heard(held.told, "delayed", 2);
    expect(delays(held.told)).toEqual([6, 12]);
    held.phone.close();
    await run;
  });
});

describe("a Sync's answer", () => {
  const syncOf = (...answers: Script[string]): Script => ({ Sync: answers });

  it("Status 3 begins the folder anew, and tells which commands were not sent", async () => {
    const held = stage(
      syncOf(
        (call) => syncAnswer(call, 1, "k1"),
        "empty",
        (call) => syncAnswer(call, 3, "k1"),
        (call) => syncAnswer(call, 1, "k9"),
        "empty",
      ),
    );
    await held.phone.folderSync();
    await held.phone.sync("inbox");
    const command = { kind: "delete", serverId: "1:1" } as const;
    const again = await held.phone.sync("inbox", { commands: [command] });
    expect(again).toMatchObject({ kind: "synced", unsent: [command] });
    expect(held.line.calls.filter(({ command }) => command === "Sync").map(presentedKey)).toEqual([
      "0",
      "k1",
      "k1",
      "0",
      "k9",
    ]);
  });

  it("Status 3 for ever ends", async () => {
    const held = stage(syncOf((call) => syncAnswer(call, 3, "0")));
    await held.phone.folderSync();
    expect(await held.phone.sync("inbox")).toMatchObject({ kind: "busy", status: 3 });
    expect(held.line.sent("Sync")).toHaveLength(3);
  });

  it("MoreAvailable with the same key ends", async () => {
    const held = stage(
      syncOf(
        (call) => syncAnswer(call, 1, "k1"),
        (call) => syncAnswer(call, 1, "k1", emptyElement(AirSync.MoreAvailable)),
      ),
    );
    await held.phone.folderSync();
    expect(await held.phone.sync("inbox")).toMatchObject({ kind: "busy" });
    expect(held.line.sent("Sync")).toHaveLength(2);
  });

  it("commands go out in requests of a hundred, and their answers come back together", async () => {
    let key = 0;
    const held = stage(
      syncOf((call) => {
        const collection = child(child(call.document, AirSync.Collections), AirSync.Collection);
        const adds = children(child(collection, AirSync.Commands), AirSync.Add);
        const responses = adds.map((add) =>
          element(AirSync.Add, [
            textElement(AirSync.ClientId, childText(add, AirSync.ClientId) ?? ""),
            textElement(AirSync.Status, 1),
          ]),
        );
        key += 1;
        return syncAnswer(call, 1, `k${key}`, element(AirSync.Responses, responses));
      }),
    );
    await held.phone.folderSync();
    const commands = Array.from({ length: 150 }, (_, count) => ({
      kind: "add" as const,
      clientId: `c${count}`,
      data: [],
    }));
    const synced = await held.phone.sync("calendar", { commands });
    expect(synced.kind === "synced" && synced.responses.map(({ clientId }) => clientId)).toEqual(
      commands.map(({ clientId }) => clientId),
    );
    expect(held.line.sent("Sync")).toHaveLength(3);
  });

  it("Status 12 is followed by FolderSync, and the folder that is gone is forgotten", async () => {
    const gone = element(FolderHierarchy.FolderSync, [
      textElement(FolderHierarchy.Status, 1),
      textElement(FolderHierarchy.SyncKey, "2"),
      element(FolderHierarchy.Changes, [
        element(FolderHierarchy.Delete, [textElement(FolderHierarchy.ServerId, "inbox")]),
      ]),
    ]);
    const held = stage({
      FolderSync: [foldersAnswer("1", { inbox: 2, calendar: 8 }), gone],
      Sync: [(call) => syncAnswer(call, 12, undefined), (call) => syncAnswer(call, 1, "k1"), "empty"],
    });
    await pings(held, 1);
    expect(listedIn(held.line.sent("Ping")[0])).toEqual(["calendar"]);
    expect(held.phone.folders.map(({ id }) => id)).toEqual(["calendar"]);
  });

  it("that got lost, of a Sync that the user wanted, is asked for again before the next Ping", async () => {
    const held = stage({
      FolderSync: [foldersAnswer("1", { inbox: 2 })],
      Sync: [(call) => syncAnswer(call, 1, "k1"), "empty", cutAfter(1), "empty"],
    });
    await pings(held, 1);
    expect(await held.phone.sync("inbox")).toMatchObject({ kind: "no-answer", how: "cut" });
    await until("the next Ping", () => held.line.sent("Ping").length === 2);
    expect(held.line.calls.slice(-4).map(({ command }) => command)).toEqual(["Ping", "Sync", "Sync", "Ping"]);
  });

  it("an unknown folder is not asked for", async () => {
    const held = stage({});
    expect(await held.phone.sync("nowhere")).toEqual({ kind: "hierarchy-outdated" });
    expect(held.line.calls).toEqual([]);
  });

  it("Status 4 ends the run: the same request would get the same answer", async () => {
    const held = stage(syncOf(element(AirSync.Sync, [textElement(AirSync.Status, 4)])));
    expect(await within("the end", held.phone.run())).toMatchObject({ kind: "refused", status: 4 });
  });
});

describe("a hanging Sync's answer", () => {
  it("Status 15 is followed by fewer folders, Status 12 by FolderSync", async () => {
    const failed = (status: number, limit?: number): ReturnType<typeof element> =>
      element(AirSync.Sync, [
        textElement(AirSync.Status, status),
        limit === undefined ? undefined : textElement(AirSync.Limit, limit),
      ]);
    let holds = 0;
    const held = stage(
      {
        Sync: [
          (call) => {
            if (call.holdSeconds === undefined) {
              return presentedKey(call) === "0" ? syncAnswer(call, 1, "k1") : "empty";
            }
            holds += 1;
            return holds === 1 ? failed(15, 1) : holds === 2 ? failed(12) : "hold";
          },
        ],
      },
      { waitWith: "sync" },
    );
    const run = held.phone.run();
    await until("three holds", () => holds === 3);
    const last = held.line.sent("Sync").at(-1);
    expect(children(child(last, AirSync.Collections), AirSync.Collection)).toHaveLength(1);
    expect(held.line.sent("FolderSync")).toHaveLength(2);
    held.phone.close();
    await run;
  });
});

describe("a network that changes", () => {
  it("has a Sync that is stuck sent again at once", async () => {
    const held = stage({
      FolderSync: [foldersAnswer("1", { inbox: 2 })],
      Sync: [(call) => syncAnswer(call, 1, "k1"), "hold", "empty"],
    });
    const run = held.phone.run();
    await until("two Syncs", () => held.line.sent("Sync").length === 2);
    held.phone.reconnect();
    await until("a Ping", () => held.line.sent("Ping").length === 1);
    expect(delays(held.told)).toEqual([]);
    held.phone.close();
    expect(await run).toEqual({ kind: "stopped" });
  });

  it("ends a pause", async () => {
    const held = stage({ FolderSync: [500, foldersAnswer("1", { inbox: 2 })] });
    const run = held.phone.run();
    await heard(held.told, "delayed");
    held.phone.reconnect();
    await until("a Ping", () => held.line.sent("Ping").length === 1);
    held.phone.close();
    await run;
  });

  it("is no reason to go on over a transport that was closed", async () => {
    const held = stage({});
    held.line.close();
    expect(
      await within("the end", stage({ OPTIONS: ["hold"] }, { transport: held.line }).phone.run()),
    ).toEqual({
      kind: "stopped",
    });
  });
});

describe("FolderSync and Provision", () => {
  it("Status 9 starts the hierarchy over, and each folder is asked for", async () => {
    const bad = element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.Status, 9)]);
    const held = stage({
      FolderSync: [foldersAnswer("1", { inbox: 2 }), bad, foldersAnswer("7", { inbox: 2 })],
      Ping: [pingAnswer(7), "hold"],
    });
    await pings(held, 2);
    expect(held.line.sent("FolderSync").map((sent) => childText(sent, FolderHierarchy.SyncKey))).toEqual([
      "0",
      "1",
      "0",
    ]);
    expect(held.line.sent("Sync")).toHaveLength(3);
  });

  it("is not provisioned for ever by a server that never has enough", async () => {
    const demand = element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.Status, 144)]);
    const none = element(Provision.Provision, [
      textElement(Provision.Status, 1),
      element(Provision.Policies, [element(Provision.Policy, [textElement(Provision.Status, 2)])]),
    ]);
    const held = stage({ FolderSync: [demand], Provision: [none] });
    expect(await held.phone.folderSync()).toMatchObject({ kind: "refused", status: 144 });
    expect(held.line.sent("Provision")).toHaveLength(2);
  });

  it("is not kept from its mail by a server that fails over Settings", async () => {
    const held = stage({ Settings: [500] }, { versions: ["12.1"] });
    await pings(held, 1);
    expect(held.line.sent("Settings")).toHaveLength(1);
    expect(delays(held.told)).toEqual([]);
  });

  it("looks again once a day what the server speaks", async () => {
    const held = stage({ Ping: [500, "hold"] });
    const run = held.phone.run();
    await heard(held.told, "delayed");
    held.clock.jump(25 * 3600_000);
    await held.clock.advance(1_000);
    await until("the second Ping", () => held.line.sent("Ping").length === 2);
    expect(held.line.sent("OPTIONS")).toHaveLength(2);
    held.phone.close();
    await run;
  });
});

describe("a state that is none", () => {
  it.each([
    [null, "format"],
    [{ format: 2 }, "format"],
    [{ format: 1, folders: {}, syncKeys: {} }, "folders"],
    [{ format: 1, folders: [], syncKeys: [] }, "syncKeys"],
    [{ format: 1, folders: [], syncKeys: {}, version: "2.5" }, "version"],
    [
      { format: 1, folders: [{ id: "a" }], syncKeys: {}, configuredUrl: "", url: "", folderSyncKey: "" },
      "type",
    ],
    [{ format: 1, folders: [], syncKeys: { a: 1 }, configuredUrl: "", url: "", folderSyncKey: "" }, "a must"],
    [{ format: 1, folders: [], syncKeys: {}, configuredUrl: "", url: "" }, "folderSyncKey"],
  ])("%j is refused", (state, word) => {
    expect(() => stage({}, { state: state as never })).toThrow(
      expect.objectContaining({ code: "ERR_OPTION_INVALID", message: expect.stringContaining(word) }),
    );
  });
});
