/**
 * Faults that were measured on other servers. Most of them are tests beside what they are about, by the name of the server: in
 * `ping.test.ts`, `back-end-down.test.ts`, and in the unit tests of Ping and Sync. Here are those that concern a server as a whole.
 */
import { describe, expect, it } from "vitest";
import { until } from "../contract/deadline.js";
import { basic, ShapedDevice, type Site, user } from "./devices/line.js";
import { addedTo, folderSync, pingOf, setUp, statusOf, syncOf } from "./devices/requests.js";
import { site } from "./devices/sites.js";
import { namesIn, type Tree, textOf, textsOf } from "./devices/tree.js";

function phone(on: Site, id = "PHONE1", version = "14.1"): ShapedDevice {
  return new ShapedDevice(on, {
    query: (command) => `Cmd=${command}&User=alice&DeviceId=${id}&DeviceType=Phone`,
    headers: { authorization: basic(user), "ms-asprotocolversion": version },
  });
}

const mail = "From: bob@example.com\r\nSubject: New\r\n\r\nHello\r\n";
const versions = ["12.1", "14.0", "14.1", "16.0", "16.1"] as const;

describe("Z-Push", () => {
  it.each(versions)("Status 5 without a value, and Status 14 without Limit, in %s", async (version) => {
    const on = await site();
    await setUp(phone(on, "PHONE1", version), "inbox");
    for (const [asked, nearest] of [
      [30, "60"],
      [7200, "3540"],
    ] as const) {
      const { tree } = await phone(on, "PHONE1", version).ask("Ping", pingOf(asked, ["inbox", "Email"]));
      expect([namesIn(tree), textOf(tree, "Status"), textOf(tree, "HeartbeatInterval")]).toEqual([
        ["Status", "HeartbeatInterval"],
        "5",
        nearest,
      ]);
    }
    const collections: Tree = ["Collections", ["Collection", ["SyncKey", "0"], ["CollectionId", "inbox"]]];
    const { tree } = await phone(on, "PHONE1", version).ask("Sync", [
      "AirSync:Sync",
      collections,
      ["Wait", "60"],
    ]);
    expect([namesIn(tree), textOf(tree, "Status"), textOf(tree, "Limit")]).toEqual([
      ["Status", "Limit"],
      "14",
      "59",
    ]);
  });

  it.each(versions)("HTTP 449 to 14.0, and no key is asked of who sends none, in %s", async (version) => {
    const on = await site({ policy: { enforce: true } });
    const [without, zero] = [undefined, "0"];
    for (const [key, status] of [
      [without, "141"],
      [zero, "142"],
    ] as const) {
      const headers = { "x-ms-policykey": key };
      const heard = await phone(on, "PHONE1", version).ask("FolderSync", folderSync(), { headers });
      if (version === "12.1") expect([heard.status, heard.body.length]).toEqual([449, 0]);
      else expect([heard.status, textOf(heard.tree, "Status")]).toEqual([200, status]);
    }
  });

  it("takes the password for wrong when the mail server is down", async () => {
    const on = await site();
    await setUp(phone(on), "inbox");
    on.mailbox.faults.failWith(new Error("down"));
    const heard = await phone(on).ask("FolderSync", folderSync());
    expect([heard.status, heard.headers["retry-after"]]).toEqual([503, "30"]);
    on.mailbox.faults.recover();
    on.faults.length = 0;
  });
});

describe("SOGo", () => {
  it("Status 5 after holding for the maximum: here at once, with no time passing", async () => {
    const on = await site();
    await setUp(phone(on), "inbox");
    const before = on.clock.monotonicNow();
    const { tree } = await phone(on).ask("Ping", pingOf(3541, ["inbox", "Email"]));
    expect(textOf(tree, "Status")).toBe("5");
    expect(on.clock.monotonicNow()).toBe(before);
    expect(on.directPush.heldCount).toBe(0);
  });

  it("a missing heartbeat, and one that is no number, held for 59 minutes: here 3 and 4 at once", async () => {
    const on = await site();
    await setUp(phone(on), "inbox");
    const folders: Tree = ["Folders", ["Folder", ["Id", "inbox"], ["Class", "Email"]]];
    const answers = [
      await phone(on).ask("Ping", ["Ping:Ping", folders]),
      await phone(on).ask("Ping", ["Ping:Ping", ["HeartbeatInterval", "soon"], folders]),
    ];
    expect(answers.map(({ tree }) => textOf(tree, "Status"))).toEqual(["3", "4"]);
  });

  it("20 seconds asked, 100.9 held", async () => {
    const on = await site({ heartbeat: { minSeconds: 1 } });
    await setUp(phone(on), "inbox");
    const ping = await phone(on).begin("Ping", pingOf(20, ["inbox", "Email"]));
    await on.held(1);
    await on.clock.advance(19_500);
    expect(on.directPush.heldCount).toBe(1);
    await on.clock.advance(500);
    expect(textOf((await ping.heard).tree, "Status")).toBe("1");
  });

  it("a watchdog that kills a long Ping without an answer: here the longest is answered, and so is who keeps asking for it", async () => {
    const on = await site();
    await setUp(phone(on), "inbox");
    for (let round = 0; round < 2; round += 1) {
      const ping = await phone(on).begin("Ping", pingOf(3540, ["inbox", "Email"]));
      await on.held(1);
      await on.clock.advance(3_539_500);
      expect(on.directPush.heldCount).toBe(1);
      await on.clock.advance(500);
      expect(textOf((await ping.heard).tree, "Status")).toBe("1");
    }
  });

  it.each(versions)("commands that are advertised and answered 500: here none, in %s", async (version) => {
    const on = await site();
    const device = phone(on, "PHONE1", version);
    await device.ask("FolderSync", folderSync());
    const options = await device.ask("", undefined, { method: "OPTIONS", query: "" });
    const advertised = options.headers["ms-asprotocolcommands"]?.split(",") ?? [];
    expect(advertised.length).toBeGreaterThan(15);
    const newer = new Set(version === "16.1" ? [] : ["Find"]);
    const older = new Set(version === "12.1" ? [] : ["GetAttachment"]);
    for (const command of advertised) {
      const heard = await device.ask(command);
      // GetAttachment has no body: what it is asked for is missing. Find is of 16.1, GetAttachment of 12.1.
      const isElsewhere = newer.has(command) || older.has(command);
      expect([404, 500, 501], `${command} of ${version}`).not.toContain(heard.status);
      if (!isElsewhere) expect([command, textOf(heard.tree, "Status")]).not.toEqual([command, "137"]);
    }
  });

  it("a phone that drops and comes back in a loop pins every worker: here it never has more than one hold", async () => {
    const on = await site();
    await setUp(phone(on), "inbox");
    for (let round = 0; round < 50; round += 1) {
      const ping = await phone(on).begin("Ping", pingOf(900, ["inbox", "Email"]));
      if (round % 5 === 0) await on.held(1);
      expect(on.directPush.heldCount).toBeLessThanOrEqual(1);
      ping.leave();
    }
    await until("the holds to be released", () => on.directPush.heldCount === 0);
    expect(textOf((await phone(on, "PHONE2").ask("FolderSync", folderSync())).tree, "Status")).toBe("1");
  });

  it("a Ping and a Sync more for mail that was just synced", async () => {
    const on = await site();
    const key = await setUp(phone(on), "inbox");
    const ping = await phone(on).begin("Ping", pingOf(900, ["inbox", "Email"]));
    await on.held(1);
    const id = on.mailbox.deliver(user, mail);
    expect(textsOf((await ping.heard).tree, "Folder")).toEqual(["inbox"]);
    expect(addedTo(await phone(on).ask("Sync", syncOf("inbox", key)))).toEqual([id]);
    const next = await phone(on).begin("Ping", pingOf(900, ["inbox", "Email"]));
    await on.held(1);
    await on.clock.advance(60_000);
    expect(on.directPush.heldCount).toBe(1);
    next.leave();
    await on.held(0);
  });
});

describe("both", () => {
  it("nothing is answered while all workers hold: here 60 phones wait, and another one sets itself up and syncs", async () => {
    const on = await site({ limits: { maxConcurrentPerUser: 1_000 } });
    const waiting = Array.from({ length: 60 }, (_, index) => phone(on, `PHONE${index}`));
    for (const one of waiting) await setUp(one, "inbox");
    const pings = await Promise.all(waiting.map((one) => one.begin("Ping", pingOf(900, ["inbox", "Email"]))));
    await on.held(60);
    const other = phone(on, "OTHER");
    const key = await setUp(other, "inbox");
    expect(statusOf(await other.ask("Sync", syncOf("sent", "0")))).toBe("1");
    expect(key).not.toBe("");
    on.mailbox.deliver(user, mail);
    const statuses = await Promise.all(pings.map(async ({ heard }) => textOf((await heard).tree, "Status")));
    expect(new Set(statuses)).toEqual(new Set(["2"]));
  });

  it("a reload is HTTP 502, or a connection that ends, for every held Ping: here each is answered", async () => {
    const on = await site({ closeSpreadMs: 100 });
    const waiting = Array.from({ length: 20 }, (_, index) => phone(on, `PHONE${index}`));
    for (const one of waiting) await setUp(one, "inbox");
    const pings = await Promise.all(waiting.map((one) => one.begin("Ping", pingOf(900, ["inbox", "Email"]))));
    await on.held(20);
    const closed = on.directPush.close();
    await on.clock.advance(200);
    const answers = await Promise.all(pings.map(({ heard }) => heard));
    for (const { status, tree } of answers) expect([status, textOf(tree, "Status")]).toEqual([200, "1"]);
    await closed;
  });
});
