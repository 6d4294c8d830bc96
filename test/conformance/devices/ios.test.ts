/** Quirks of iPhones, iPads and iPods, from captures, the sources of other servers and their issue trackers. */
import { describe, expect, it } from "vitest";
import type { DirectPushOptions } from "../../../src/index.js";
import { iphone } from "./iphone.js";
import { type ShapedDevice, type Site, user } from "./line.js";
import { addedTo, folderSync, keyOf, pingOf, setUp, statusOf, syncOf } from "./requests.js";
import { site } from "./sites.js";
import { all, namesIn, type Tree, textOf, textsOf } from "./tree.js";

async function phoneOn(
  options: Partial<DirectPushOptions> = {},
): Promise<{ readonly on: Site; readonly phone: ShapedDevice }> {
  const on = await site(options);
  return { on, phone: iphone(on) };
}

const mail = (subject: string, headers = ""): string =>
  `From: bob@example.com\r\nTo: ${user}\r\nSubject: ${subject}\r\n${headers}\r\nHello\r\n`;

describe("iOS: who it is", () => {
  it("OPTIONS with X-MS-PolicyKey 0, and its POSTs without credentials first: 401 with a challenge, each time", async () => {
    const { on, phone } = await phoneOn();
    const shy = iphone(on, { authorization: undefined });
    for (const heard of [
      await shy.ask("", undefined, { method: "OPTIONS", query: "" }),
      await shy.ask("FolderSync", folderSync()),
      await shy.ask("Ping"),
    ]) {
      expect(heard.status).toBe(401);
      expect(heard.headers["www-authenticate"]).toMatch(/^Basic realm=/);
    }
    const options = await phone.ask("", undefined, { method: "OPTIONS", query: "" });
    expect(options).toMatchObject({ status: 200, headers: { "content-length": "0" } });
    expect(options.headers["ms-asprotocolversions"]?.split(",").at(-1)).toBe("16.1");
  });

  it("Autodiscover at /Autodiscover/Autodiscover.xml, with capitals", async () => {
    const on = await site({ autodiscover: { url: "https://mail.example.com/Microsoft-Server-ActiveSync" } });
    const schema = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync";
    const body = Buffer.from(
      `<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="${schema}/requestschema/2006"><Request><EMailAddress>${user}</EMailAddress><AcceptableResponseSchema>${schema}/responseschema/2006</AcceptableResponseSchema></Request></Autodiscover>`,
    );
    const heard = await iphone(on).ask("", undefined, {
      path: "/Autodiscover/Autodiscover.xml",
      body,
      headers: { "content-type": "text/xml", "x-forwarded-proto": "https" },
    });
    expect(heard.status).toBe(200);
    expect(heard.body.toString()).toContain(
      "<Url>https://mail.example.com/Microsoft-Server-ActiveSync</Url>",
    );
  });

  it("keeps its account when an update of iOS changes its user agent", async () => {
    const { on, phone } = await phoneOn();
    const key = await setUp(phone, "inbox");
    const id = on.mailbox.deliver(user, mail("after the update"));
    const updated = iphone(on, { "user-agent": "Apple-iPhone11C8/2207.100" });
    expect(addedTo(await updated.ask("Sync", syncOf("inbox", key)))).toEqual([id]);
  });

  it("old ones with the id Appl and the serial number, and iPads, are devices like any other", async () => {
    const { on, phone } = await phoneOn();
    for (const [id, type] of [
      ["Appl83042TD3A4T", "iPhone"],
      ["ApplDLXH9876DJ8T", "iPad"],
      ["kc28f3e3o53nhduj5rmqk1sge4", "iPod"],
    ]) {
      const query = `User=alice&DeviceId=${id}&DeviceType=${type}&Cmd=FolderSync`;
      const heard = await phone.ask("FolderSync", folderSync(), { query });
      expect(textOf(heard.tree, "Status")).toBe("1");
    }
    expect(on.faults).toEqual([]);
  });
});

describe("iOS: policies", () => {
  const policyRequest: Tree = [
    "Provision:Provision",
    ["Settings:DeviceInformation", ["Set", ["Model", "iPhone11C8"], ["OS", "iOS 17.6 21G80"]]],
    ["Policies", ["Policy", ["PolicyType", "MS-EAS-Provisioning-WBXML"]]],
  ];

  it("Provision without X-MS-PolicyKey, asked for nothing: answered, with a key that is a number", async () => {
    const { on } = await phoneOn();
    const heard = await iphone(on, { "x-ms-policykey": undefined }).ask("Provision", policyRequest);
    expect(textOf(heard.tree, "PolicyKey")).toMatch(/^[1-9][0-9]{0,9}$/);
    expect(Number(textOf(heard.tree, "PolicyKey"))).toBeLessThan(2 ** 32);
  });

  it("Settings before Provision is told to provision, and repeated after it", async () => {
    const { on, phone } = await phoneOn({ policy: { enforce: true } });
    const settings: Tree = ["Settings:Settings", ["UserInformation", ["Get"]]];
    expect(textOf((await phone.ask("Settings", settings)).tree, "Status")).toBe("142");
    const temporary = textOf((await phone.ask("Provision", policyRequest)).tree, "PolicyKey") ?? "";
    const acknowledgement: Tree = [
      "Provision:Provision",
      [
        "Policies",
        ["Policy", ["PolicyType", "MS-EAS-Provisioning-WBXML"], ["PolicyKey", temporary], ["Status", "1"]],
      ],
    ];
    const accepted = await iphone(on, { "x-ms-policykey": temporary }).ask("Provision", acknowledgement);
    const key = textOf(accepted.tree, "PolicyKey");
    const again = await iphone(on, { "x-ms-policykey": key }).ask("Settings", settings);
    expect(textOf(again.tree, "Status")).toBe("1");
  });

  it("iOS 5 reports an erasure as a Status in the place of the PolicyType", async () => {
    const { on, phone } = await phoneOn();
    await phone.ask("FolderSync", folderSync());
    await on.directPush.wipeDevice(user, "j95cmdo6sh45veof6dm6j3futk", "device");
    expect(textOf((await phone.ask("FolderSync", folderSync("1"))).tree, "Status")).toBe("140");
    const states: string[] = [];
    on.directPush.events.on("wipe", ({ state }) => states.push(state));
    await phone.ask("Provision", ["Provision:Provision", ["Policies", ["Policy", ["Status", "1"]]]]);
    expect(states).toEqual(["done"]);
    // The device is gone for good; what comes under its id is refused and gets no new order.
    expect(textOf((await phone.ask("FolderSync", folderSync())).tree, "Status")).toBe("129");
  });
});

describe("iOS: waiting", () => {
  it("lists folders in Ping before their first Sync: they are neither reported nor an error", async () => {
    const { on, phone } = await phoneOn();
    const key = await setUp(phone, "inbox");
    on.mailbox.addItem(user, "calendar", { class: "Calendar", startTimeMs: 0, endTimeMs: 1 });
    const ping = await phone.begin("Ping", pingOf(3540, ["calendar", "Calendar"], ["inbox", "Email"]));
    await on.held(1);
    on.mailbox.deliver(user, mail("new"));
    const { tree } = await ping.heard;
    expect(textsOf(tree, "Folder")).toEqual(["inbox"]);
    expect(addedTo(await phone.ask("Sync", syncOf("inbox", key)))).toHaveLength(1);
  });

  it("asks for 59 minutes, as Apple wants servers to allow", async () => {
    const { on, phone } = await phoneOn();
    await setUp(phone, "inbox");
    const ping = await phone.begin("Ping", pingOf(3540, ["inbox", "Email"]));
    await on.held(1);
    await on.clock.advance(3_540_000);
    expect(textOf((await ping.heard).tree, "Status")).toBe("1");
  });

  it("opens Pings while others are held: only the newest is", async () => {
    const { on, phone } = await phoneOn();
    await setUp(phone, "inbox");
    const older = await phone.begin("Ping", pingOf(3540, ["inbox", "Email"]));
    await on.held(1);
    const newer = await phone.begin("Ping", pingOf(3540, ["inbox", "Email"]));
    expect(textOf((await older.heard).tree, "Status")).toBe("1");
    await on.held(1);
    on.mailbox.deliver(user, mail("new"));
    expect(textOf((await newer.heard).tree, "Status")).toBe("2");
  });

  it("pings every second while it is told 2 without anything to sync: the third time is the last", async () => {
    const { on, phone } = await phoneOn();
    await setUp(phone, "inbox");
    on.mailbox.deliver(user, mail("never synced"));
    for (let times = 0; times < 3; times += 1) {
      expect(textOf((await phone.ask("Ping", pingOf(900, ["inbox", "Email"]))).tree, "Status")).toBe("2");
    }
    const ping = await phone.begin("Ping", pingOf(900, ["inbox", "Email"]));
    await on.held(1);
    ping.leave();
    await on.held(0);
  });
});

describe("iOS: Sync", () => {
  it("an empty answer is of no byte, has the WBXML type and says so, whatever encodings are accepted", async () => {
    const { phone } = await phoneOn();
    const key = await setUp(phone, "inbox");
    const heard = await phone.ask("Sync", syncOf("inbox", key, ["GetChanges"]));
    expect(heard.body).toHaveLength(0);
    expect(heard.headers).toMatchObject({
      "content-type": "application/vnd.ms-sync.wbxml",
      "content-length": "0",
    });
    expect(heard.headers["content-encoding"]).toBeUndefined();
    expect(heard.headers["transfer-encoding"]).toBeUndefined();
  });

  it("wants Status 12 in the collection for a folder that is gone, with key 0 and with another; 8 would be a loop", async () => {
    const { on, phone } = await phoneOn();
    const folder = on.mailbox.createFolder(user, { name: "Project" }).id;
    const key = await setUp(phone, folder);
    on.mailbox.deleteFolder(user, folder);
    for (const presented of ["0", key]) {
      const { tree } = await phone.ask("Sync", syncOf(folder, presented));
      expect(textsOf(all(tree, "Collection")[0], "Status")).toEqual(["12"]);
      expect(namesIn(tree)).toEqual(["Collections"]);
    }
  });

  it("presents a key that was never given out for a folder that is there: 3 in the collection", async () => {
    const { phone } = await phoneOn();
    await setUp(phone, "inbox");
    const { tree } = await phone.ask("Sync", syncOf("inbox", "{made-up}17"));
    expect(textsOf(all(tree, "Collection")[0], "Status")).toEqual(["3"]);
  });

  it("fetches without GetChanges 0: the mail is fetched, and what changed comes with it and is not lost when the answer is", async () => {
    const { on, phone } = await phoneOn();
    const known = on.mailbox.deliver(user, mail("known"));
    const key = await setUp(phone, "inbox");
    const added = on.mailbox.deliver(user, mail("new"));
    const fetch: Tree = ["Commands", ["Fetch", ["ServerId", known]]];
    for (let times = 0; times < 2; times += 1) {
      const heard = await phone.ask("Sync", syncOf("inbox", key, fetch));
      expect(textsOf(all(heard.tree, "Responses")[0], "ServerId")).toEqual([known]);
      expect(textOf(all(heard.tree, "Responses")[0], "Status")).toBe("1");
      expect(addedTo(heard)).toEqual([added]);
    }
  });

  it("asks for the folder of all mailboxes, which is on the phone alone: 12 for a Sync, and Ping and others go on", async () => {
    const { on, phone } = await phoneOn();
    const virtual = "kDAMailAccountAllMailboxesFolderID";
    const key = await setUp(phone, "inbox");
    expect(statusOf(await phone.ask("Sync", syncOf(virtual, "0")))).toBe("12");
    const estimate: Tree = [
      "GetItemEstimate:GetItemEstimate",
      ["Collections", ["Collection", ["AirSync:SyncKey", key], ["CollectionId", virtual]]],
    ];
    const { tree } = await phone.ask("GetItemEstimate", estimate);
    expect(textOf(all(tree, "Response")[0], "Status")).toBe("2");
    const pinged = pingOf(900, ["inbox", "Email"], [virtual, "Email"]);
    expect(textOf((await phone.ask("Ping", pinged)).tree, "Status")).toBe("7");
    const ping = await phone.begin("Ping", pinged);
    await on.held(1);
    on.mailbox.deliver(user, mail("new"));
    expect(textsOf((await ping.heard).tree, "Folder")).toEqual(["inbox"]);
  });

  it.each(["Search", "Find"])("%s in the folder of all mailboxes looks everywhere", async (command) => {
    const { on, phone } = await phoneOn();
    const folder = on.mailbox.createFolder(user, { name: "Project" }).id;
    on.mailbox.deliver(user, mail("Invoice"), { folder });
    const virtual: Tree = ["AirSync:CollectionId", "kDAMailAccountAllMailboxesFolderID"];
    const tree: Tree =
      command === "Search"
        ? [
            "Search:Search",
            [
              "Store",
              ["Name", "Mailbox"],
              ["Query", ["And", ["AirSync:Class", "Email"], virtual, ["FreeText", "invoice"]]],
              ["Options", ["RebuildResults"], ["Range", "0-49"]],
            ],
          ]
        : [
            "Find:Find",
            ["SearchId", "1"],
            [
              "ExecuteSearch",
              [
                "MailBoxSearchCriterion",
                ["Query", ["AirSync:Class", "Email"], virtual, ["FreeText", "invoice"]],
                ["Options", ["Range", "0-49"]],
              ],
            ],
          ];
    const heard = await phone.ask(command, tree);
    expect(textOf(heard.tree, "Total")).toBe("1");
    expect(textsOf(heard.tree, "Subject")).toEqual(["Invoice"]);
  });

  it("shows when it synced for a mail without a date: DateReceived is always there", async () => {
    const { on, phone } = await phoneOn();
    on.mailbox.deliver(user, "Subject: bare\r\n\r\nx");
    await phone.ask("FolderSync", folderSync());
    const key = keyOf(await phone.ask("Sync", syncOf("inbox", "0")));
    const { tree } = await phone.ask("Sync", syncOf("inbox", key));
    expect(textOf(tree, "DateReceived")).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it("crashes on bodies that are cut in a character: a cut ends between two, and is told", async () => {
    const { on, phone } = await phoneOn();
    const text = "ü".repeat(40_000);
    on.mailbox.deliver(user, mail("long", "Content-Type: text/plain; charset=utf-8\r\n") + text);
    await phone.ask("FolderSync", folderSync());
    const key = keyOf(await phone.ask("Sync", syncOf("inbox", "0")));
    const options: Tree = [
      "Options",
      ["AirSyncBase:BodyPreference", ["Type", "1"], ["TruncationSize", "32768"]],
    ];
    const { tree } = await phone.ask(
      "Sync",
      syncOf("inbox", key, ["GetChanges"], ["WindowSize", "25"], options),
    );
    const [body] = all(tree, "Body");
    const data = textOf(body, "Data") ?? "";
    expect(data).not.toContain("\uFFFD");
    expect(Buffer.byteLength(data)).toBeLessThanOrEqual(32_768);
    expect(Buffer.byteLength(data)).toBeGreaterThan(32_760);
    expect(textOf(body, "Truncated")).toBe("1");
    expect(Number(textOf(body, "EstimatedDataSize"))).toBeGreaterThanOrEqual(80_000);
  });

  it("asks for an attachment without a Range: the answer has none, for iOS 10 downloads nothing else", async () => {
    const { on, phone } = await phoneOn();
    const id = on.mailbox.deliver(
      user,
      "Subject: a\r\nContent-Type: image/png; name=a.png\r\nContent-Disposition: attachment; filename=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAw==\r\n",
    );
    await setUp(phone, "inbox");
    const item = await phone.ask("ItemOperations", [
      "ItemOperations:ItemOperations",
      ["Fetch", ["Store", "Mailbox"], ["AirSync:CollectionId", "inbox"], ["AirSync:ServerId", id]],
    ]);
    const reference = textOf(item.tree, "FileReference") ?? "";
    const { tree } = await phone.ask("ItemOperations", [
      "ItemOperations:ItemOperations",
      ["Fetch", ["Store", "Mailbox"], ["AirSyncBase:FileReference", reference]],
    ]);
    const [properties] = all(tree, "Properties");
    expect(namesIn(properties)).toEqual(["ContentType", "Data"]);
    expect(textOf(properties, "Data")).toBe("AAECAw==");
  });
});
