/** Quirks of Android's own Exchange app, of Gmail, and of what manufacturers made of them. */
import { describe, expect, it } from "vitest";
import { basic, type Manners, ShapedDevice, type Site, user } from "./line.js";
import { addedTo, folderSync, keyOf, pingOf, setUp, statusOf, syncOf } from "./requests.js";
import { site } from "./sites.js";
import { all, type Tree, textOf, textsOf } from "./tree.js";

/** The app that comes with Android since 4.4: the command first, its brand and model as type. */
function manners(id: string, type: string, userAgent: string, version = "14.1"): Manners {
  return {
    query: (command) => `Cmd=${command}&User=${encodeURIComponent(user)}&DeviceId=${id}&DeviceType=${type}`,
    headers: {
      authorization: basic(user),
      "ms-asprotocolversion": version,
      "user-agent": userAgent,
      connection: "keep-alive",
      "accept-encoding": "gzip",
    },
  };
}

const aosp = (on: Site): ShapedDevice =>
  new ShapedDevice(on, manners("android1426585788244", "LGENexus5", "LGENexus5/6.0.1-EAS-2.0"));
const gmail = (on: Site, version = "16.1"): ShapedDevice =>
  new ShapedDevice(
    on,
    manners("androidc886982656", "Android", "Android-Mail/2024.05.12.633713063.Release", version),
  );
const samsung = (on: Site): ShapedDevice =>
  new ShapedDevice(
    on,
    manners("SEC11DD4CC863755", "SAMSUNGGTI9515", "Android-SAMSUNG-GT-I9515/101.50001", "14.1"),
  );

const mail = (subject: string): string =>
  `From: bob@example.com\r\nTo: ${user}\r\nSubject: ${subject}\r\n\r\nHello\r\n`;

const policyRequest: Tree = [
  "Provision:Provision",
  ["Settings:DeviceInformation", ["Set", ["Model", "Nexus 5"]]],
  ["Policies", ["Policy", ["PolicyType", "MS-EAS-Provisioning-WBXML"]]],
];
const acknowledgement = (key: string, status: string): Tree => [
  "Provision:Provision",
  [
    "Policies",
    ["Policy", ["PolicyType", "MS-EAS-Provisioning-WBXML"], ["PolicyKey", key], ["Status", status]],
  ],
];
const withKey = (key: string): { readonly headers: Readonly<Record<string, string>> } => ({
  headers: { "x-ms-policykey": key },
});

describe("Android: setting an account up", () => {
  it("asks OPTIONS at the bare URL, with no query and no device", async () => {
    const on = await site();
    const heard = await aosp(on).ask("", undefined, { method: "OPTIONS", query: "" });
    expect(heard.status).toBe(200);
    expect(heard.headers["ms-asprotocolversions"]).toBe("12.1,14.0,14.1,16.0,16.1");
  });

  it("tries the password with FolderSync 0 as the device `validate`: answered, and nothing is kept of it", async () => {
    const on = await site();
    const probe = new ShapedDevice(on, manners("validate", "Android", "Android/4.1.2-EAS-1.3", "12.1"));
    const heard = await probe.ask("FolderSync", folderSync(), withKey("0"));
    expect(textOf(heard.tree, "Status")).toBe("1");
    expect(heard.headers["ms-asprotocolcommands"]).toContain("Ping");
    expect(await on.directPush.cancelWipe(user, "validate")).toBe(false);
    expect(statusOf(await probe.ask("Sync", syncOf("inbox", "0")))).toBe("12");
  });

  it("provisions after 142 with policy key 0, acknowledges in part, and repeats what was refused", async () => {
    const on = await site({ policy: { enforce: true, document: { devicePasswordEnabled: true } } });
    const phone = aosp(on);
    expect(textOf((await phone.ask("FolderSync", folderSync(), withKey("0"))).tree, "Status")).toBe("142");
    const first = await phone.ask("Provision", policyRequest, withKey("0"));
    const temporary = textOf(first.tree, "PolicyKey") ?? "";
    const second = await phone.ask("Provision", acknowledgement(temporary, "2"), withKey(temporary));
    const key = textOf(second.tree, "PolicyKey") ?? "";
    expect(key).toMatch(/^[1-9][0-9]{0,9}$/);
    expect(textOf((await phone.ask("FolderSync", folderSync(), withKey(key))).tree, "Status")).toBe("1");
  });

  it("sends no policy key with Ping: it is held where a policy is enforced", async () => {
    const on = await site({ policy: { enforce: true } });
    const phone = aosp(on);
    const temporary = textOf((await phone.ask("Provision", policyRequest)).tree, "PolicyKey") ?? "";
    const key =
      textOf((await phone.ask("Provision", acknowledgement(temporary, "1"))).tree, "PolicyKey") ?? "";
    await phone.ask("FolderSync", folderSync(), withKey(key));
    const start = keyOf(await phone.ask("Sync", syncOf("inbox", "0"), withKey(key)));
    await phone.ask("Sync", syncOf("inbox", start), withKey(key));
    const ping = await phone.begin("Ping", pingOf(480, ["inbox", "Email"]), {
      headers: { connection: "close" },
    });
    await on.held(1);
    on.mailbox.deliver(user, mail("new"));
    expect(textsOf((await ping.heard).tree, "Folder")).toEqual(["inbox"]);
  });

  it("before 4.4 takes no order to erase without a policy beside it", async () => {
    const on = await site();
    const phone = new ShapedDevice(on, manners("android1234", "Android", "Android/4.1.2-EAS-1.3", "12.1"));
    await phone.ask("FolderSync", folderSync());
    await on.directPush.wipeDevice(user, "android1234", "device");
    expect((await phone.ask("FolderSync", folderSync("1"), withKey("0"))).status).toBe(449);
    const order = await phone.ask("Provision", [
      "Provision:Provision",
      ["Policies", ["Policy", ["PolicyType", "MS-EAS-Provisioning-WBXML"]]],
    ]);
    expect(textOf(all(order.tree, "Policy")[0], "Status")).toBe("1");
    expect(textOf(order.tree, "PolicyKey")).toMatch(/^[1-9][0-9]{0,9}$/);
    expect(all(order.tree, "EASProvisionDoc")).toHaveLength(1);
    expect(all(order.tree, "RemoteWipe")).toEqual([["RemoteWipe"]]);
  });

  it("reports an erasure at the top level of Provision and vanishes: its id is refused from then on", async () => {
    const on = await site();
    const phone = aosp(on);
    await phone.ask("FolderSync", folderSync());
    await on.directPush.wipeDevice(user, "android1426585788244", "device");
    const states: string[] = [];
    on.directPush.events.on("wipe", ({ state }) => states.push(state));
    await phone.ask("Provision", ["Provision:Provision", ["RemoteWipe", ["Status", "1"]]]);
    expect(states).toEqual(["done"]);
    expect(textOf((await phone.ask("FolderSync", folderSync())).tree, "Status")).toBe("129");
  });
});

describe("Android: waiting", () => {
  it("asks for 480, 780, 1080 seconds and takes the server's own bound of Status 5 as it is", async () => {
    const on = await site({ heartbeat: { maxSeconds: 900 } });
    const phone = aosp(on);
    await setUp(phone, "inbox");
    for (const seconds of [480, 780]) {
      const ping = await phone.begin("Ping", pingOf(seconds, ["inbox", "Email"]));
      await on.held(1);
      await on.clock.advance(seconds * 1000);
      expect(textOf((await ping.heard).tree, "Status")).toBe("1");
    }
    const { tree } = await phone.ask("Ping", pingOf(1080, ["inbox", "Email"]));
    expect([textOf(tree, "Status"), textOf(tree, "HeartbeatInterval")]).toEqual(["5", "900"]);
    const ping = await phone.begin("Ping", pingOf(900, ["inbox", "Email"]));
    await on.held(1);
    ping.leave();
    await on.held(0);
  });

  it.each([470, 290])(
    "before 4.4 asks for %s seconds: held for as long, and answered within 5 s of it",
    async (seconds) => {
      const on = await site();
      const phone = aosp(on);
      await setUp(phone, "inbox");
      const ping = await phone.begin("Ping", pingOf(seconds, ["inbox", "Email"]));
      await on.held(1);
      await on.clock.advance(seconds * 1000 - 500);
      expect(on.directPush.heldCount).toBe(1);
      await on.clock.advance(1000);
      expect(textOf((await ping.heard).tree, "Status")).toBe("1");
    },
  );

  it("has three Pings in flight after a mail was marked read, two of them of the same second (Gmail)", async () => {
    const on = await site();
    const phone = gmail(on);
    await setUp(phone, "inbox");
    const pings = [await phone.begin("Ping", pingOf(480, ["inbox", "Email"]))];
    await on.held(1);
    for (let more = 0; more < 2; more += 1) {
      const last = pings.at(-1);
      pings.push(await phone.begin("Ping", pingOf(480, ["inbox", "Email"])));
      expect(textOf((await last?.heard)?.tree, "Status")).toBe("1");
      await on.held(1);
    }
    on.mailbox.deliver(user, mail("new"));
    expect(textOf((await pings[2]?.heard)?.tree, "Status")).toBe("2");
  });

  it("aborts its Ping for every Sync: nothing stays behind, and nothing is a fault", async () => {
    const on = await site();
    const phone = aosp(on);
    let key = await setUp(phone, "inbox");
    for (let round = 0; round < 5; round += 1) {
      const ping = await phone.begin("Ping", pingOf(480, ["inbox", "Email"]));
      await on.held(1);
      ping.leave();
      const id = on.mailbox.deliver(user, mail(`${round}`));
      const heard = await phone.ask("Sync", syncOf("inbox", key));
      expect(addedTo(heard)).toEqual([id]);
      key = keyOf(heard);
    }
    await on.held(0);
  });

  it("pings the Outbox: it wakes nobody, and the other folders do", async () => {
    const on = await site();
    const phone = aosp(on);
    await setUp(phone, "inbox");
    const ping = await phone.begin("Ping", pingOf(480, ["outbox", "Email"], ["inbox", "Email"]));
    await on.held(1);
    on.mailbox.deliver(user, mail("on its way"), { folder: "outbox" });
    on.mailbox.deliver(user, mail("new"));
    expect(textsOf((await ping.heard).tree, "Folder")).toEqual(["inbox"]);
  });

  it("pings the folder InvalidTaskID (HTC One X): 7 once, then it is passed over", async () => {
    const on = await site();
    const htc = new ShapedDevice(on, manners("HTCAnd1a2b3c4d", "htcOneX", "HTC-EAS-HTC One X", "14.0"));
    const { tree } = await htc.ask("FolderSync", folderSync());
    const start = keyOf(await htc.ask("Sync", syncOf("inbox", "0")));
    await htc.ask("Sync", syncOf("inbox", start));
    const pinged = pingOf(480, ["inbox", "Email"], ["InvalidTaskID", "Tasks"]);
    expect(textOf((await htc.ask("Ping", pinged)).tree, "Status")).toBe("7");
    await htc.ask("FolderSync", folderSync(textOf(tree, "SyncKey")));
    const ping = await htc.begin("Ping", pinged);
    await on.held(1);
    on.mailbox.deliver(user, mail("new"));
    expect(textsOf((await ping.heard).tree, "Folder")).toEqual(["inbox"]);
  });

  it("(4.0) pings without a body, also a server that forgot what it said: 3, and it says everything again", async () => {
    const on = await site();
    const phone = aosp(on);
    await setUp(phone, "inbox");
    expect(textOf((await phone.ask("Ping")).tree, "Status")).toBe("3");
    const said = await phone.begin("Ping", pingOf(480, ["inbox", "Email"]));
    await on.held(1);
    await on.clock.advance(480_000);
    expect(textOf((await said.heard).tree, "Status")).toBe("1");
    const bare = await phone.begin("Ping");
    await on.held(1);
    on.mailbox.deliver(user, mail("new"));
    expect(textOf((await bare.heard).tree, "Status")).toBe("2");
  });
});

describe("Android: Sync", () => {
  it("is answered within its 30 s however slow the mailbox is: the rest follows", async () => {
    const on = await site();
    const phone = aosp(on);
    await phone.ask("FolderSync", folderSync());
    const key = keyOf(await phone.ask("Sync", syncOf("inbox", "0")));
    for (let number = 0; number < 100; number += 1) on.mailbox.deliver(user, mail(`${number}`));
    const item = on.mailbox.item.bind(on.mailbox);
    let turn = Promise.resolve();
    on.mailbox.item = async (...parameters) => {
      // One after the other, as over one connection, and half a second for each.
      turn = turn.then(() => on.clock.advance(500));
      await turn;
      return await item(...parameters);
    };
    const before = on.clock.monotonicNow();
    const heard = await phone.ask("Sync", syncOf("inbox", key, ["GetChanges"], ["WindowSize", "100"]));
    expect(on.clock.monotonicNow() - before).toBeLessThan(30_000);
    expect(addedTo(heard).length).toBeGreaterThan(0);
    expect(all(heard.tree, "MoreAvailable")).toHaveLength(1);
  });

  it("names what it supports of contacts with key 0, and sends empty GetChanges and DeletesAsMoves", async () => {
    const on = await site();
    const phone = aosp(on);
    await phone.ask("FolderSync", folderSync());
    const supported: Tree = [
      "Supported",
      ["Contacts:FirstName"],
      ["Contacts:LastName"],
      ["Contacts2:NickName"],
      ["Contacts:Email1Address"],
    ];
    const key = keyOf(await phone.ask("Sync", syncOf("contacts", "0", supported)));
    on.mailbox.addItem(user, "contacts", { class: "Contacts", firstName: "Ann" });
    const options: Tree = [
      "Options",
      ["AirSyncBase:BodyPreference", ["Type", "1"], ["TruncationSize", "200000"]],
    ];
    const heard = await phone.ask(
      "Sync",
      syncOf("contacts", key, ["DeletesAsMoves"], ["GetChanges"], ["WindowSize", "10"], options),
    );
    expect(textsOf(heard.tree, "FirstName")).toEqual(["Ann"]);
  });

  it("tells of a read mail in a Sync with GetChanges 0: what came meanwhile stays for the next", async () => {
    const on = await site();
    const phone = aosp(on);
    const read = on.mailbox.deliver(user, mail("old"));
    const key = await setUp(phone, "inbox");
    const added = on.mailbox.deliver(user, mail("new"));
    const change: Tree = [
      "Commands",
      ["Change", ["ServerId", read], ["ApplicationData", ["Email:Read", "1"]]],
    ];
    const up = await phone.ask("Sync", syncOf("inbox", key, ["DeletesAsMoves"], ["GetChanges", "0"], change));
    expect(addedTo(up)).toEqual([]);
    expect(on.mailbox.snapshot(user, "inbox").get(read)?.flags?.read).toBe(true);
    expect(addedTo(await phone.ask("Sync", syncOf("inbox", keyOf(up))))).toEqual([added]);
  });

  it("deletes for good in Deleted Items with DeletesAsMoves 0", async () => {
    const on = await site();
    const phone = aosp(on);
    const id = on.mailbox.deliver(user, mail("old"), { folder: "deleted" });
    const key = await setUp(phone, "deleted");
    const remove: Tree = ["Commands", ["Delete", ["ServerId", id]]];
    await phone.ask("Sync", syncOf("deleted", key, ["DeletesAsMoves", "0"], ["GetChanges"], remove));
    expect(on.mailbox.snapshot(user, "deleted").size).toBe(0);
  });

  it("has calendars that reach beyond 2038", async () => {
    const on = await site();
    const phone = aosp(on);
    const key = await setUp(phone, "calendar");
    const data: Tree = [
      "ApplicationData",
      ["Calendar:StartTime", "20380119T031408Z"],
      ["Calendar:EndTime", "20991231T235959Z"],
      ["Calendar:Subject", "Far away"],
      [
        "Calendar:Recurrence",
        ["Type", "5"],
        ["Interval", "1"],
        ["DayOfMonth", "19"],
        ["MonthOfYear", "1"],
        ["Until", "21060207T062815Z"],
      ],
    ];
    const heard = await phone.ask(
      "Sync",
      syncOf("calendar", key, ["Commands", ["Add", ["ClientId", "1"], data]]),
    );
    expect(textOf(all(heard.tree, "Responses")[0], "Status")).toBe("1");
    const other = gmail(on);
    await other.ask("FolderSync", folderSync());
    const start = keyOf(await other.ask("Sync", syncOf("calendar", "0")));
    const { tree } = await other.ask("Sync", syncOf("calendar", start));
    expect(textOf(tree, "StartTime")).toBe("20380119T031408Z");
    expect(textOf(tree, "Until")).toBe("21060207T062815Z");
  });

  it("needs a name and a size of every attachment, of parts inside the text as well", async () => {
    const on = await site();
    const message = [
      `From: bob@example.com\r\nTo: ${user}\r\nSubject: picture\r\nMIME-Version: 1.0`,
      'Content-Type: multipart/related; boundary="b"',
      "",
      '--b\r\nContent-Type: text/html\r\n\r\n<img src="cid:1">',
      "--b\r\nContent-Type: image/png\r\nContent-ID: <1>\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAw==",
      "--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=empty.bin\r\n\r\n",
      "--b--",
    ].join("\r\n");
    on.mailbox.deliver(user, message);
    const phone = aosp(on);
    await phone.ask("FolderSync", folderSync());
    const key = keyOf(await phone.ask("Sync", syncOf("inbox", "0")));
    const { tree } = await phone.ask("Sync", syncOf("inbox", key));
    const attachments = all(tree, "Attachment");
    expect(attachments).toHaveLength(2);
    for (const attachment of attachments) {
      expect(textOf(attachment, "DisplayName")).toMatch(/.\.(png|bin)$/);
      expect(textOf(attachment, "EstimatedDataSize")).toMatch(/^[0-9]+$/);
    }
    expect(textOf(attachments[0], "IsInline")).toBe("1");
  });
});

describe("Android: mail and search", () => {
  it("divides recipients by semicolons: each gets the mail", async () => {
    const on = await site();
    const message = Buffer.from(
      `From: ${user}\r\nTo: bob@example.com; Carol <carol@example.com>;\r\nSubject: Hi\r\nMessage-ID: <1@phone>\r\n\r\nHi\r\n`,
    );
    const heard = await aosp(on).ask("SendMail", [
      "ComposeMail:SendMail",
      ["ClientId", "SendMail-1"],
      ["SaveInSentItems"],
      ["Mime", message],
    ]);
    expect([heard.status, heard.tree]).toEqual([200, undefined]);
    expect(on.mailbox.submission.sent[0]?.recipients).toEqual(["bob@example.com", "carol@example.com"]);
  });

  it("sends mail without a Date (HTC One X): it goes out with that of the server", async () => {
    const on = await site();
    const htc = new ShapedDevice(on, manners("HTCAnd1a2b3c4d", "htcOneX", "HTC-EAS-HTC One X", "14.0"));
    const message = `From: ${user}\r\nTo: bob@example.com\r\nSubject: Hi\r\n\r\nHi\r\n`;
    const heard = await htc.ask("SendMail", [
      "ComposeMail:SendMail",
      ["ClientId", "SendMail-1"],
      ["Mime", Buffer.from(message)],
    ]);
    expect([heard.status, heard.tree]).toEqual([200, undefined]);
    const [sent] = on.mailbox.submission.sent;
    const [, date = ""] = /^Date: (.*)$/m.exec(Buffer.from(sent?.message ?? []).toString()) ?? [];
    expect(Math.abs(Date.parse(date) - on.clock.now())).toBeLessThan(2_000);
  });

  it.each([
    ["no folder (Android 6)", []],
    ["folder 0 (Outlook for Android)", [["AirSync:CollectionId", "0"]]],
  ] as const)("searches %s: all of them are meant", async (_, where) => {
    const on = await site();
    const folder = on.mailbox.createFolder(user, { name: "Project" }).id;
    on.mailbox.deliver(user, mail("Invoice"), { folder });
    on.mailbox.deliver(user, mail("Invoice"));
    const { tree } = await aosp(on).ask("Search", [
      "Search:Search",
      [
        "Store",
        ["Name", "Mailbox"],
        ["Query", ["And", ["AirSync:Class", "Email"], ...where, ["FreeText", "invoice"]]],
        ["Options", ["RebuildResults"], ["Range", "0-9"]],
      ],
    ]);
    expect(textOf(tree, "Total")).toBe("2");
  });

  it("(4) reads no answer about the address list without Range and Total: they are there when nobody is found", async () => {
    const on = await site();
    const { tree } = await aosp(on).ask("Search", [
      "Search:Search",
      ["Store", ["Name", "GAL"], ["Query", "nobody"], ["Options", ["Range", "0-19"]]],
    ]);
    const [store] = all(tree, "Store");
    expect([textOf(store, "Status"), textOf(store, "Range"), textOf(store, "Total")]).toEqual([
      "1",
      "0-0",
      "0",
    ]);
  });
});

describe("Gmail", () => {
  it("is held to 14.1 by the hook for versions where 16.x does not suit it", async () => {
    const on = await site({
      versions: ({ userAgent }) =>
        userAgent.startsWith("Android-Mail/")
          ? ["12.1", "14.0", "14.1"]
          : ["12.1", "14.0", "14.1", "16.0", "16.1"],
    });
    const options = await gmail(on).ask("", undefined, { method: "OPTIONS", query: "" });
    expect(options.headers["ms-asprotocolversions"]).toBe("12.1,14.0,14.1");
    expect(textOf((await gmail(on, "16.1").ask("FolderSync", folderSync())).tree, "Status")).toBe("138");
    expect(textOf((await gmail(on, "14.1").ask("FolderSync", folderSync())).tree, "Status")).toBe("1");
  });

  it("provisions again and again and never uses its key: the second time it is let through", async () => {
    const on = await site({ policy: { enforce: true } });
    const phone = gmail(on, "14.1");
    const bare: Tree = [
      "Provision:Provision",
      ["Settings:DeviceInformation", ["Set", ["Model", "Pixel 8"], ["FriendlyName", "Pixel"]]],
      ["Policies", ["Policy", ["PolicyType", "MS-EAS-Provisioning-WBXML"]]],
    ];
    for (let round = 0; round < 2; round += 1) {
      expect(textOf((await phone.ask("FolderSync", folderSync(), withKey("0"))).tree, "Status")).toBe("142");
      const temporary = textOf((await phone.ask("Provision", bare, withKey("0"))).tree, "PolicyKey") ?? "";
      await phone.ask("Provision", acknowledgement(temporary, "1"), withKey(temporary));
    }
    expect(textOf((await phone.ask("FolderSync", folderSync(), withKey("0"))).tree, "Status")).toBe("1");
  });
});

describe("Samsung", () => {
  it("waits with a Sync whose Collections are empty: those of last time are meant", async () => {
    const on = await site();
    const phone = samsung(on);
    const key = await setUp(phone, "inbox");
    await phone.ask("Sync", syncOf("inbox", key, ["GetChanges"]));
    const waiting: Tree = ["AirSync:Sync", ["Collections"], ["HeartbeatInterval", "470"]];
    const sync = await phone.begin("Sync", waiting);
    await on.held(1);
    const id = on.mailbox.deliver(user, mail("new"));
    expect(addedTo(await sync.heard)).toEqual([id]);
  });

  it("waits with a Sync for the Outbox as well: it brings what is in both, and waits when there is nothing", async () => {
    const on = await site();
    const phone = samsung(on);
    const inbox = await setUp(phone, "inbox");
    const outbox = keyOf(await phone.ask("Sync", syncOf("outbox", "0")));
    const collections: Tree = [
      "Collections",
      ["Collection", ["SyncKey", inbox], ["CollectionId", "inbox"]],
      ["Collection", ["SyncKey", outbox], ["CollectionId", "outbox"]],
    ];
    const sync = await phone.begin("Sync", ["AirSync:Sync", collections, ["HeartbeatInterval", "470"]]);
    await on.held(1);
    await on.clock.advance(470_000);
    const { status, body } = await sync.heard;
    expect([status, body.length]).toEqual([200, 0]);
  });

  it("pings for 470 seconds", async () => {
    const on = await site();
    const phone = samsung(on);
    await setUp(phone, "inbox");
    const ping = await phone.begin("Ping", pingOf(470, ["inbox", "Email"]));
    await on.held(1);
    await on.clock.advance(470_000);
    expect(textOf((await ping.heard).tree, "Status")).toBe("1");
  });

  it("asks for text messages beside mail: mail is synced, and a text message that it adds is refused, not taken for done", async () => {
    const on = await site();
    const phone = samsung(on);
    on.mailbox.deliver(user, mail("old"));
    const key = await setUp(phone, "inbox");
    const preference: Tree = ["AirSyncBase:BodyPreference", ["Type", "1"], ["TruncationSize", "500"]];
    const sms: Tree = [
      "Add",
      ["Class", "SMS"],
      ["ClientId", "IGNORESMS_1"],
      [
        "ApplicationData",
        ["Email:To", "+15550100"],
        ["Email:From", "+15550111"],
        ["AirSyncBase:Body", ["Type", "1"], ["Data", "hi"]],
      ],
    ];
    const heard = await phone.ask(
      "Sync",
      syncOf(
        "inbox",
        key,
        ["GetChanges"],
        ["Options", ["FilterType", "0"], ["Class", "Email"], preference],
        ["Options", ["Class", "SMS"], ["FilterType", "0"], preference],
        ["Commands", sms],
      ),
    );
    expect(statusOf(heard)).toBe("1");
    const [response] = all(all(heard.tree, "Responses")[0], "Add");
    expect([textOf(response, "ClientId"), textOf(response, "Status")]).toEqual(["IGNORESMS_1", "6"]);
    expect(on.mailbox.snapshot(user, "inbox").size).toBe(1);
  });

  it("shows one calendar, one address book, one list of tasks: the default ones come first of their class", async () => {
    const on = await site();
    for (const kind of ["user-calendar", "user-contacts", "user-tasks"] as const) {
      on.mailbox.createFolder(user, { name: `Another ${kind}`, kind });
    }
    const { tree } = await samsung(on).ask("FolderSync", folderSync());
    const types = all(tree, "Add").map((add) => Number(textOf(add, "Type")));
    for (const [own, further] of [
      [8, 13],
      [9, 14],
      [7, 15],
    ] as const) {
      expect(types).toContain(own);
      expect(types.indexOf(own)).toBeLessThan(types.indexOf(further));
    }
  });
});

describe("Nine", () => {
  it("has an id whose bytes say nine, in one form of the query as text and in the other as bytes", async () => {
    const on = await site();
    const nine = new ShapedDevice(on, manners("6e696e6538653431", "Android", "Nine-Pixel/9.0", "14.1"));
    const key = await setUp(nine, "inbox");
    const id = on.mailbox.deliver(user, mail("new"));
    expect(addedTo(await nine.ask("Sync", syncOf("inbox", key)))).toEqual([id]);
  });

  it("writes a draft as a whole message: it is stored as that", async () => {
    const on = await site();
    const nine = new ShapedDevice(on, manners("6e696e6538653431", "Android", "Nine-Pixel/9.0", "16.1"));
    const key = await setUp(nine, "drafts");
    const message = `From: ${user}\r\nTo: bob@example.com\r\nSubject: Later\r\nMessage-ID: <1@nine>\r\n\r\nSoon\r\n`;
    const body: Tree = ["AirSyncBase:Body", ["Type", "4"], ["Data", message]];
    const add: Tree = ["Add", ["ClientId", "1"], ["ApplicationData", body]];
    const heard = await nine.ask("Sync", syncOf("drafts", key, ["Commands", add]));
    const [response] = all(all(heard.tree, "Responses")[0], "Add");
    expect(textOf(response, "Status")).toBe("1");
    const id = textOf(response, "ServerId") ?? "";
    const draft = await on.mailbox.item({ user }, "drafts", id, { bodies: [], withBody: true });
    expect(draft).toMatchObject({ subject: "Later", isDraft: true });
    expect(on.mailbox.submission.sent).toEqual([]);
  });
});
