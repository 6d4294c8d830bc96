import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type EasClient,
  type EasClientState,
  fixedInterval,
  mailSummary,
  readChange,
  type SyncPage,
} from "../../../src/client/index.js";
import { until, within } from "../../contract/deadline.js";
import { ClientBench, heard, story, user } from "./client-bench.js";

let bench: ClientBench;
beforeEach(async () => {
  bench = new ClientBench();
  await bench.start();
});
afterEach(() => bench.close());

const subjects = (page: unknown): (string | undefined)[] =>
  (page as SyncPage).added.map((item) => mailSummary(item).subject);

/** Runs a phone until the server holds its request. */
async function waiting(phone: EasClient): Promise<{ end: ReturnType<EasClient["run"]> }> {
  const end = phone.run();
  end.catch(() => {});
  await bench.held();
  return { end };
}

describe("setting up", () => {
  it("goes from nothing to a held Ping", async () => {
    bench.deliver("Welcome");
    const phone = bench.phone();
    const told = story(phone);
    await waiting(phone);
    expect(bench.commands).toEqual(["OPTIONS", "FolderSync", "Sync", "Sync", "Ping"]);
    expect(told.map(([name]) => name)).toEqual([
      "connected",
      "foldersChanged",
      "synced",
      "synced",
      "waiting",
    ]);
    expect(told[0]?.[1]).toMatchObject({ version: "16.1" });
    expect(told[2]?.[1]).toMatchObject({ isStart: true, added: [], moreAvailable: true });
    expect(subjects(told[3]?.[1])).toEqual(["Welcome"]);
    expect(phone.folders.find(({ kind }) => kind === "inbox")).toMatchObject({ id: "inbox", class: "Email" });
    expect(phone.state).toMatchObject({
      version: "16.1",
      syncKeys: { inbox: expect.stringMatching(/^\d+$/) },
    });
  });

  it.each([
    ["16.1", ["OPTIONS", "FolderSync", "Provision", "Provision", "FolderSync", "Sync", "Sync", "Ping"]],
    [
      "14.0",
      ["OPTIONS", "Settings", "Provision", "Provision", "Settings", "FolderSync", "Sync", "Sync", "Ping"],
    ],
    [
      "12.1",
      ["OPTIONS", "Settings", "Provision", "Provision", "Settings", "FolderSync", "Sync", "Sync", "Ping"],
    ],
  ] as const)("accepts the policy in %s when the server demands it", async (version, commands) => {
    await bench.crash();
    await bench.comeBack("kept", { policy: { enforce: true, document: { devicePasswordEnabled: true } } });
    const policies: unknown[] = [];
    const phone = bench.phone({
      versions: [version],
      acceptPolicy: (policy) => {
        policies.push(policy);
        return "applied";
      },
    });
    await waiting(phone);
    expect(bench.commands).toEqual(commands);
    expect(policies).toHaveLength(1);
    expect(phone.state.policyKey).toMatch(/^\d+$/);
  });

  it("ends when the device does not apply the policy", async () => {
    await bench.crash();
    await bench.comeBack("kept", { policy: { enforce: true } });
    const phone = bench.phone({ acceptPolicy: () => "not-applied" });
    expect(await within("the end", phone.run())).toEqual({ kind: "policy-refused" });
  });

  it.each([
    ["a wrong password", { authorization: { kind: "basic", password: "guess" } }, { kind: "unauthorised" }],
    ["no folder that is wanted", { folders: () => false }, { kind: "no-folders" }],
    ["no version in common", { versions: [] }, { kind: "no-common-version" }],
  ] as const)("ends with %s", async (_what, options, end) => {
    expect(await within("the end", bench.phone(options).run())).toMatchObject(end);
  });

  it("brings a large folder page by page, each item once", async () => {
    for (let mail = 0; mail < 25; mail++) bench.deliver(`Mail ${mail}`);
    const phone = bench.phone({ syncOptions: () => ({ windowSize: 10 }) });
    const told = story(phone);
    await waiting(phone);
    const pages = told.flatMap(([name, event]) => (name === "synced" ? [subjects(event)] : []));
    expect(pages.map(({ length }) => length)).toEqual([0, 10, 10, 5]);
    expect(new Set(pages.flat()).size).toBe(25);
  });
});

describe("waiting", () => {
  it("is told of a mail, syncs it, and waits again", async () => {
    const phone = bench.phone();
    const told = story(phone);
    await waiting(phone);
    bench.takeCommands();
    bench.deliver("Lunch?");
    expect(subjects(await heard(told, "synced", 2))).toEqual(["Lunch?"]);
    await bench.held();
    expect(bench.commands).toEqual(["Sync", "Ping"]);
    expect(await heard(told, "waited")).toMatchObject({
      command: "Ping",
      outcome: { kind: "changed" },
      changed: [{ id: "inbox" }],
    });
  });

  it("asks again when the interval is over", async () => {
    const phone = bench.phone();
    const told = story(phone);
    await waiting(phone);
    await bench.clock.advance(600_000);
    expect(await heard(told, "waited")).toMatchObject({
      heartbeatSeconds: 600,
      outcome: { kind: "expired" },
    });
    await heard(told, "waiting", 2);
    expect(told.map(([name]) => name)).not.toContain("delayed");
  });

  it.each([
    [30, 60],
    [4000, 3540],
  ])("takes the nearest interval when %i s are refused", async (asked, nearest) => {
    const phone = bench.phone({ heartbeat: fixedInterval(asked) });
    const told = story(phone);
    await waiting(phone);
    expect(await heard(told, "waited")).toMatchObject({
      outcome: { kind: "refused", nearestSeconds: nearest },
    });
    expect(await heard(told, "waiting", 2)).toMatchObject({ heartbeatSeconds: nearest });
  });

  it("is not sent round by a strategy that does not listen", async () => {
    const deaf = { ...fixedInterval(30), next: () => ({}) };
    await waiting(bench.phone({ heartbeat: deaf }));
    expect(bench.commands.filter((command) => command === "Ping")).toHaveLength(2);
  });

  it("does FolderSync when a folder was made, and goes on", async () => {
    const phone = bench.phone();
    const told = story(phone);
    await waiting(phone);
    bench.takeCommands();
    bench.mailbox.createFolder(user, { name: "Projects", parentId: null, kind: "user-mail" });
    expect(await heard(told, "foldersChanged", 2)).toMatchObject({ added: [{ name: "Projects" }] });
    await heard(told, "waiting", 2);
    await bench.held();
    expect(bench.commands).toEqual(["FolderSync", "Ping"]);
  });

  it("gives way to a Sync that the user wants, and asks again", async () => {
    const id = bench.deliver("Read me");
    const phone = bench.phone();
    const told = story(phone);
    await waiting(phone);
    const synced = await within("the Sync", phone.sync("inbox", { commands: [readChange(id, true)] }));
    expect(synced).toMatchObject({ kind: "synced", responses: [], unsent: [] });
    expect(bench.mailbox.snapshot(user, "inbox").get(id)).toMatchObject({ flags: { read: true } });
    expect(await heard(told, "waited")).toMatchObject({ outcome: { kind: "abandoned" } });
    await heard(told, "waiting", 2);
    expect(told.map(([name]) => name)).not.toContain("delayed");
  });

  it("starts over when the network is another one", async () => {
    const phone = bench.phone();
    const told = story(phone);
    await waiting(phone);
    phone.reconnect();
    expect(await heard(told, "waited")).toMatchObject({ outcome: { kind: "abandoned" } });
    await heard(told, "waiting", 2);
  });

  it("can leave out the folders that the server has cached", async () => {
    const phone = bench.phone({ pingFolders: "when-changed" });
    const told = story(phone);
    await waiting(phone);
    await bench.clock.advance(600_000);
    await heard(told, "waiting", 2);
    await bench.held();
    bench.deliver("Still heard");
    expect(subjects(await heard(told, "synced", 2))).toEqual(["Still heard"]);
  });
});

describe("waiting with Sync", () => {
  it("gets the mail in the answer", async () => {
    const phone = bench.phone({ waitWith: "sync" });
    const told = story(phone);
    await waiting(phone);
    bench.takeCommands();
    bench.deliver("Here");
    expect(subjects(await heard(told, "synced", 2))).toEqual(["Here"]);
    await heard(told, "waiting", 2);
    await bench.clock.advance(0);
    await bench.held();
    expect(bench.commands).toEqual(["Sync"]);
  });

  it("asks again when the interval is over, and takes the nearest when it is refused", async () => {
    const phone = bench.phone({ waitWith: "sync", heartbeat: fixedInterval(4000) });
    const told = story(phone);
    await waiting(phone);
    expect(await heard(told, "waited")).toMatchObject({ outcome: { kind: "refused", nearestSeconds: 3540 } });
    await bench.clock.advance(3_540_000);
    expect(await heard(told, "waited", 2)).toMatchObject({ command: "Sync", outcome: { kind: "expired" } });
  });

  it("waits with Ping before 14.0", async () => {
    const phone = bench.phone({ waitWith: "sync", versions: ["12.1"] });
    await waiting(phone);
    expect(bench.commands.at(-1)).toBe("Ping");
  });
});

describe("a line that fails", () => {
  it("brings a page whose answer was lost once more, with the same key, and no item twice", async () => {
    bench.deliver("Once");
    const phone = bench.phone();
    const told = story(phone);
    bench.faults.push({ command: "Sync", how: "lose" }, { command: "Sync", how: "lose" });
    const end = phone.run();
    // The first is repeated at once, as the connection was not new; the second is not.
    await heard(told, "delayed");
    await bench.clock.advance(1_000);
    await bench.held();
    const pages = told.flatMap(([name, event]) => (name === "synced" ? subjects(event) : []));
    expect(pages).toEqual(["Once"]);
    phone.close();
    expect(await end).toEqual({ kind: "stopped" });
  });

  it("keeps the key when the page could not be taken", async () => {
    const broken = bench.phone({
      apply: ({ isStart }) => {
        if (!isStart) throw new Error("the disk is full");
      },
    });
    bench.deliver("Precious");
    await expect(within("the end", broken.run())).rejects.toThrow("the disk is full");
    const next = bench.phone({ state: broken.state });
    const told = story(next);
    await waiting(next);
    expect(subjects(await heard(told, "synced"))).toEqual(["Precious"]);
  });

  it("comes back to a server that was restarted, and gets what came meanwhile", async () => {
    const phone = bench.phone();
    const told = story(phone);
    await waiting(phone);
    await bench.crash();
    expect(await heard(told, "delayed")).toMatchObject({ seconds: 1, failure: { kind: "no-answer" } });
    bench.deliver("Meanwhile");
    await bench.clock.advance(1_000);
    expect(await heard(told, "delayed", 2)).toMatchObject({ seconds: 2, failure: { how: "unreachable" } });
    await bench.comeBack("kept");
    bench.takeCommands();
    await bench.clock.advance(2_000);
    expect(subjects(await heard(told, "synced", 2))).toEqual(["Meanwhile"]);
    expect(bench.commands.slice(0, 2)).toEqual(["Ping", "Sync"]);
  });

  it("starts folders anew on a server that has lost its state", async () => {
    bench.deliver("Kept");
    const phone = bench.phone();
    const told = story(phone);
    await waiting(phone);
    await bench.crash();
    await heard(told, "delayed");
    await bench.comeBack("lost");
    await bench.clock.advance(1_000);
    const start = (await heard(told, "synced", 3)) as SyncPage;
    expect(start.isStart).toBe(true);
    expect(subjects(await heard(told, "synced", 4))).toEqual(["Kept"]);
    await heard(told, "waiting", 2);
  });

  it("waits as long as a busy server says", async () => {
    const phone = bench.phone();
    const told = story(phone);
    bench.faults.push({ command: "Ping", how: { status: 503, headers: { "Retry-After": "120" } } });
    const end = phone.run();
    expect(await heard(told, "delayed")).toMatchObject({
      seconds: 120,
      failure: { kind: "busy", httpStatus: 503, retryAfterSeconds: 120 },
    });
    await bench.clock.advance(119_000);
    expect(bench.directPush.heldCount).toBe(0);
    await bench.clock.advance(1_000);
    await bench.held();
    phone.close();
    expect(await end).toEqual({ kind: "stopped" });
  });

  it("follows the server to another address, and remembers it", async () => {
    const url = bench.url.replace("127.0.0.1", "localhost");
    const phone = bench.phone();
    const told = story(phone);
    bench.faults.push({ command: "FolderSync", how: { status: 451, headers: { "X-MS-Location": url } } });
    await waiting(phone);
    expect(await heard(told, "redirected")).toEqual({ url });
    expect(phone.state).toMatchObject({ url, configuredUrl: bench.url });
  });

  it.each([
    [401, { kind: "unauthorised" }],
    [403, { kind: "refused", command: "Ping", httpStatus: 403 }],
  ])("ends with HTTP %i", async (status, end) => {
    bench.faults.push({ command: "Ping", how: { status } });
    expect(await within("the end", bench.phone().run())).toMatchObject(end);
  });
});

describe("HTTP 404", () => {
  it("ends at a wrong address", async () => {
    bench.faults.push({ command: "OPTIONS", how: { status: 404 } });
    expect(await within("the end", bench.phone().run())).toMatchObject({ kind: "refused", httpStatus: 404 });
  });

  it("is tried again where the server was there before", async () => {
    bench.faults.push({ command: "Ping", how: { status: 404 } });
    const phone = bench.phone();
    const told = story(phone);
    void phone.run();
    expect(await heard(told, "delayed")).toMatchObject({ seconds: 1, failure: { httpStatus: 404 } });
    await bench.clock.advance(1_000);
    await bench.held();
  });
});

describe("an order to erase", () => {
  it.each(["16.1", "14.0"] as const)("is told in %s, and ends the run", async (version) => {
    const phone = bench.phone({ versions: [version] });
    const told = story(phone);
    const { end } = await waiting(phone);
    await bench.directPush.wipeDevice(user, "PHONE1", "device");
    expect(await within("the end", end)).toEqual({ kind: "wipe-requested", scope: "device" });
    expect(await heard(told, "wipeRequested")).toEqual({ scope: "device" });
  });
});

describe("going on later", () => {
  it("needs no more than a Sync", async () => {
    const first = bench.phone();
    const { end } = await waiting(first);
    first.close();
    expect(await end).toEqual({ kind: "stopped" });
    const stored = JSON.stringify(first.state);
    bench.takeCommands();
    bench.deliver("Overnight");
    const second = bench.phone({ state: JSON.parse(stored) as EasClientState });
    const told = story(second);
    const run = second.run();
    expect(subjects(await heard(told, "synced"))).toEqual(["Overnight"]);
    await bench.held();
    expect(bench.commands).toEqual(["Sync", "Ping"]);
    second.close();
    await run;
  });

  it("starts over with another server", async () => {
    const first = bench.phone();
    await waiting(first);
    const state = { ...first.state, configuredUrl: "https://old.example.com/" };
    expect(bench.phone({ state }).state).toMatchObject({ folderSyncKey: "0", folders: [] });
  });

  it("tells each time there is something to store", async () => {
    const phone = bench.phone();
    let stored = phone.state;
    phone.events.on("stateChanged", () => {
      stored = phone.state;
    });
    await waiting(phone);
    expect(stored).toBe(phone.state);
    expect(stored.syncKeys).toHaveProperty("inbox");
  });
});

describe("ending", () => {
  it("leaves no timer and no connection, and what is asked after is aborted", async () => {
    const phone = bench.phone();
    const { end } = await waiting(phone);
    phone.close();
    phone.close();
    expect(await within("the end", end)).toEqual({ kind: "stopped" });
    await until("the server to let go", () => bench.directPush.heldCount === 0);
    await until("the timers to be cleared", () => bench.clock.pendingTimers === 0);
    let open = 1;
    while (open > 0) open = await bench.connections();
    expect(await phone.folderSync()).toEqual({ kind: "aborted" });
    expect(await phone.run()).toEqual({ kind: "stopped" });
  });

  it("cuts a wait before the next try short", async () => {
    const phone = bench.phone();
    const told = story(phone);
    bench.faults.push({ command: "FolderSync", how: { status: 503 } });
    const abort = new AbortController();
    const end = phone.run({ signal: abort.signal });
    await heard(told, "delayed");
    abort.abort();
    expect(await within("the end", end)).toEqual({ kind: "stopped" });
    expect(bench.clock.pendingTimers).toBe(0);
  });

  it("can run again, and not twice at once", async () => {
    const phone = bench.phone();
    const abort = new AbortController();
    const end = phone.run({ signal: abort.signal });
    await bench.held();
    await expect(phone.run()).rejects.toMatchObject({ code: "ERR_OPTION_INVALID" });
    abort.abort();
    expect(await end).toEqual({ kind: "stopped" });
    await until("the server to let go", () => bench.directPush.heldCount === 0);
    bench.takeCommands();
    await waiting(phone);
    expect(bench.commands).toEqual(["Sync", "Ping"]);
  });
});
