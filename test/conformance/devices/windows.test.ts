/** Quirks of Windows Phone, Windows Mail, and of Outlook on desktops and phones. */
import { describe, expect, it } from "vitest";
import { until } from "../../contract/deadline.js";
import { basic, ShapedDevice, type Site, user } from "./line.js";
import { addedTo, folderSync, keyOf, pingOf, setUp, statusOf, syncOf } from "./requests.js";
import { site } from "./sites.js";
import { all, type Tree, textOf, textsOf } from "./tree.js";

const codes: Readonly<Record<string, number>> = {
  Sync: 0,
  FolderSync: 9,
  Settings: 17,
  Ping: 18,
  ItemOperations: 19,
  Provision: 20,
};

/** The base64 query: a GUID's bytes as id, US English, no policy key, and whatever parameters follow. */
function compact(command: string, type: string, version = 141): string {
  const id = Buffer.from("c259148960f44c0db5f2a7f3e5d6b812", "hex");
  return Buffer.concat([
    Buffer.from([version, codes[command] ?? 255, 0x09, 0x04, id.length]),
    id,
    Buffer.from([0, type.length]),
    Buffer.from(type),
  ]).toString("base64");
}

/** Windows Phone 8: neither a user agent nor a version in a header, and the short content type. */
const windowsPhone = (on: Site): ShapedDevice =>
  new ShapedDevice(on, {
    query: (command) => compact(command, "WP8"),
    headers: { "content-type": "application/vnd.ms-sync", authorization: basic(`EXAMPLE\\${user}`) },
  });
const windowsMail = (on: Site): ShapedDevice =>
  new ShapedDevice(on, {
    query: (command) => compact(command, "WindowsMail"),
    headers: { authorization: basic(user), "user-agent": "MSFT-WIN-4/6.3.9600" },
  });
const outlook = (on: Site): ShapedDevice =>
  new ShapedDevice(on, {
    query: (command) =>
      `Cmd=${command}&User=${encodeURIComponent(user)}&DeviceId=F04016EDD8F2DD3BD6A9DA5137583C5A&DeviceType=WindowsOutlook15`,
    headers: {
      authorization: basic(user),
      "ms-asprotocolversion": "14.0",
      "user-agent": "Outlook/15.0 (15.0.4569.1503; MSI; x86)",
    },
  });
const outlookMobile = (on: Site): ShapedDevice =>
  new ShapedDevice(on, {
    query: (command) =>
      `Cmd=${command}&User=${encodeURIComponent(user)}&DeviceId=0A1B2C3D4E5F60718293A4B5C6D7E8F9&DeviceType=Outlook`,
    headers: {
      authorization: basic(user),
      "ms-asprotocolversion": "14.1",
      "user-agent": "Outlook-iOS-Android/1.0",
      "x-ms-wl": "Outlook/1.0",
      "x-transactionid": "8F1D3C1E-0000-4000-8000-000000000000",
    },
  });

const takesDomain = {
  authenticate: async (attempt: { readonly kind: string; readonly user?: string }) =>
    ({ kind: "user", user: attempt.user?.replace(/^.*\\/, "") ?? user }) as const,
};

const mail = (subject: string): string =>
  `From: bob@example.com\r\nTo: ${user}\r\nSubject: ${subject}\r\n\r\nHello\r\n`;

describe("Windows Phone 8", () => {
  it("has the base64 query, the short content type, no user agent and no version header: it syncs and is pushed to", async () => {
    const on = await site(takesDomain);
    const phone = windowsPhone(on);
    const key = await setUp(phone, "inbox");
    const ping = await phone.begin("Ping", pingOf(480, ["inbox", "Email"]));
    await on.held(1);
    const id = on.mailbox.deliver(user, mail("new"));
    expect(textsOf((await ping.heard).tree, "Folder")).toEqual(["inbox"]);
    expect(addedTo(await phone.ask("Sync", syncOf("inbox", key)))).toEqual([id]);
  });

  it("is one device, whether its id comes as bytes or as hex: its Ping ends its other one (Z-Push takes it for two)", async () => {
    const on = await site(takesDomain);
    const phone = windowsPhone(on);
    await setUp(phone, "inbox");
    const older = await phone.begin("Ping", pingOf(480, ["inbox", "Email"]));
    await on.held(1);
    const newer = await phone.begin("Ping", pingOf(480, ["inbox", "Email"]), {
      query: "Cmd=Ping&User=alice&DeviceId=C259148960F44C0DB5F2A7F3E5D6B812&DeviceType=WP8",
      headers: { "ms-asprotocolversion": "14.1", "user-agent": "MSFT-WP/8.10.14219" },
    });
    expect(textOf((await older.heard).tree, "Status")).toBe("1");
    await on.held(1);
    newer.leave();
    await on.held(0);
  });

  it("sends OPTIONS with the query of a command", async () => {
    const on = await site(takesDomain);
    const heard = await windowsPhone(on).ask("FolderSync", undefined, { method: "OPTIONS" });
    expect(heard.status).toBe(200);
    expect(heard.headers["ms-asprotocolversions"]).toContain("14.1");
  });
});

describe("Windows Mail", () => {
  it("does not provision first, tells of itself after FolderSync, and its OS is WINDOWS", async () => {
    const on = await site();
    const phone = windowsMail(on);
    expect(textOf((await phone.ask("FolderSync", folderSync())).tree, "Status")).toBe("1");
    const { tree } = await phone.ask("Settings", [
      "Settings:Settings",
      [
        "DeviceInformation",
        [
          "Set",
          ["Model", "VirtualBox"],
          ["IMEI"],
          ["FriendlyName", "PC"],
          ["OS", "WINDOWS"],
          ["OSLanguage", "English"],
        ],
      ],
    ]);
    expect(textOf(all(tree, "DeviceInformation")[0], "Status")).toBe("1");
  });

  it("provisions only once it is told to, and without telling of itself again", async () => {
    const on = await site({ policy: { enforce: true, allowUnprovisionable: true } });
    const phone = windowsMail(on);
    await phone.ask("FolderSync", folderSync());
    await phone.ask("Settings", [
      "Settings:Settings",
      ["DeviceInformation", ["Set", ["Model", "VirtualBox"], ["OS", "WINDOWS"]]],
    ]);
    const { tree } = await phone.ask("Provision", [
      "Provision:Provision",
      ["Policies", ["Policy", ["PolicyType", "MS-EAS-Provisioning-WBXML"]]],
    ]);
    expect(textOf(tree, "PolicyKey")).toMatch(/^[1-9]/);
  });

  it("does not start over on FolderSync Status 9: its old key is answered 9 each time, and key 0 when it comes", async () => {
    const on = await site();
    const phone = windowsMail(on);
    for (let times = 0; times < 3; times += 1) {
      expect(textOf((await phone.ask("FolderSync", folderSync("17"))).tree, "Status")).toBe("9");
    }
    expect(textOf((await phone.ask("FolderSync", folderSync("0"))).tree, "Status")).toBe("1");
  });
});

describe("Outlook on a desktop", () => {
  it("cannot provision: it is let in where that is allowed, and a device that sends a key must still have the right one", async () => {
    const on = await site({ policy: { enforce: true, allowUnprovisionable: true } });
    const key = await setUp(outlook(on), "inbox");
    expect(key).not.toBe("");
    const sendsKey = { headers: { "x-ms-policykey": "0" } };
    const other = { ...sendsKey, query: "Cmd=FolderSync&User=a&DeviceId=B&DeviceType=x" };
    expect(textOf((await outlook(on).ask("FolderSync", folderSync(), other)).tree, "Status")).toBe("142");
  });

  it("sends its credentials in ISO-8859-1", async () => {
    const seen: string[] = [];
    const on = await site({
      authenticate: async (attempt) => {
        if (attempt.kind !== "basic") return { kind: "refused" };
        seen.push(attempt.password);
        return attempt.password === "Grün" ? { kind: "user", user } : { kind: "refused" };
      },
    });
    const headers = { authorization: basic(user, "Grün", "latin1") };
    expect((await outlook(on).ask("FolderSync", folderSync(), { headers })).status).toBe(200);
    expect(seen.at(-1)).toBe("Grün");
  });

  it("pings and syncs folders of unknown type, which are not shown: 12 for the Sync, 7 once for the Ping", async () => {
    const on = await site();
    await setUp(outlook(on), "inbox");
    expect(statusOf(await outlook(on).ask("Sync", syncOf("unknown18", "0")))).toBe("12");
    const pinged = pingOf(900, ["unknown18", "Email"], ["inbox", "Email"]);
    expect(textOf((await outlook(on).ask("Ping", pinged)).tree, "Status")).toBe("7");
    const ping = await outlook(on).begin("Ping", pinged);
    await on.held(1);
    ping.leave();
    await on.held(0);
  });

  it("asks for 512 items, and gets as many and no more", async () => {
    const on = await site();
    for (let number = 0; number < 513; number += 1) on.mailbox.deliver(user, mail(`${number}`));
    await outlook(on).ask("FolderSync", folderSync());
    const start = keyOf(await outlook(on).ask("Sync", syncOf("inbox", "0")));
    const first = await outlook(on).ask("Sync", syncOf("inbox", start, ["WindowSize", "512"]));
    expect([addedTo(first).length, all(first.tree, "MoreAvailable").length]).toEqual([512, 1]);
    const second = await outlook(on).ask("Sync", syncOf("inbox", keyOf(first), ["WindowSize", "512"]));
    expect([addedTo(second).length, all(second.tree, "MoreAvailable").length]).toEqual([1, 0]);
  });

  it("moves again what it has moved: the same answer, and one copy", async () => {
    const on = await site();
    const id = on.mailbox.deliver(user, mail("moved"));
    const key = await setUp(outlook(on), "inbox");
    const move: Tree = [
      "Move:MoveItems",
      ["Move", ["SrcMsgId", id], ["SrcFldId", "inbox"], ["DstFldId", "deleted"]],
    ];
    const answers = [await outlook(on).ask("MoveItems", move), await outlook(on).ask("MoveItems", move)];
    for (const { tree } of answers) expect(textOf(tree, "Status")).toBe("3");
    expect(new Set(answers.map(({ tree }) => textOf(tree, "DstMsgId"))).size).toBe(1);
    expect(on.mailbox.snapshot(user, "deleted").size).toBe(1);
    const { tree } = await outlook(on).ask("Sync", syncOf("inbox", key));
    expect(textsOf(all(tree, "Delete")[0], "ServerId")).toEqual([id]);
  });

  it("answers meetings in the calendar, with 14.0 already", async () => {
    const on = await site();
    const id = on.mailbox.addItem(user, "calendar", {
      class: "Calendar",
      uid: "1@example.com",
      subject: "Review",
      startTimeMs: Date.UTC(2026, 0, 5, 9),
      endTimeMs: Date.UTC(2026, 0, 5, 10),
      organizerEmail: "bob@example.com",
      meetingStatus: 3,
      attendees: [{ name: "Alice", email: user }],
    });
    const { tree } = await outlook(on).ask("MeetingResponse", [
      "MeetingResponse:MeetingResponse",
      ["Request", ["UserResponse", "1"], ["CollectionId", "calendar"], ["RequestId", id]],
    ]);
    expect([textOf(tree, "Status"), textOf(tree, "CalendarId")]).toEqual(["1", id]);
    const stored = await on.mailbox.item({ user }, "calendar", id, { bodies: [], withBody: true });
    expect(stored).toMatchObject({ responseType: "accepted", busyStatus: "busy" });
  });

  it("changes between Sync and Ping once a second while a folder is told again and again: that ends by itself", async () => {
    const on = await site();
    const inbox = await setUp(outlook(on), "inbox");
    on.mailbox.deliver(user, mail("in a folder that it does not sync"), { folder: "sent" });
    await setUp(outlook(on), "sent");
    on.mailbox.deliver(user, mail("never fetched"), { folder: "sent" });
    const pinged = pingOf(900, ["inbox", "Email"], ["sent", "Email"]);
    for (let times = 0; times < 3; times += 1) {
      expect(textsOf((await outlook(on).ask("Ping", pinged)).tree, "Folder")).toEqual(["sent"]);
      await outlook(on).ask("Sync", syncOf("inbox", inbox));
    }
    const ping = await outlook(on).begin("Ping", pinged);
    await on.held(1);
    ping.leave();
    await on.held(0);
  });

  it("takes no notice of Retry-After, and comes back more than 20 times at once: the rest is turned away, other devices are not", async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const on = await site();
    await outlook(on).ask("FolderSync", folderSync());
    const folders = on.mailbox.folders.bind(on.mailbox);
    on.mailbox.folders = async (ref) => {
      await gate;
      return await folders(ref);
    };
    const settings: Tree = [
      "AirSync:Sync",
      ["Collections", ["Collection", ["SyncKey", "0"], ["CollectionId", "inbox"]]],
    ];
    const burst = await Promise.all(Array.from({ length: 30 }, () => outlook(on).begin("Sync", settings)));
    const turnedAway: unknown[] = [];
    for (const { heard } of burst) void heard.then((answer) => turnedAway.push(answer));
    await until("ten to be turned away", () => turnedAway.length === 10);
    for (const answer of turnedAway) {
      expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "30" } });
    }
    release();
    const statuses = await Promise.all(burst.map(async ({ heard }) => (await heard).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect((await outlookMobile(on).ask("FolderSync", folderSync())).status).toBe(200);
  });
});

describe("Outlook on a phone, by way of Microsoft's servers", () => {
  it("sends OPTIONS with Cmd=Options and no device", async () => {
    const on = await site();
    const query = `Cmd=Options&User=${encodeURIComponent(user)}`;
    const heard = await outlookMobile(on).ask("Options", undefined, { method: "OPTIONS", query });
    expect(heard.status).toBe(200);
    expect(heard.headers["ms-asprotocolcommands"]).toContain("Ping");
  });

  it("does not provision before FolderSync, and pings for 180 seconds: within the bounds, which 5 would not be", async () => {
    const on = await site();
    await setUp(outlookMobile(on), "inbox");
    const ping = await outlookMobile(on).begin("Ping", pingOf(180, ["inbox", "Email"]));
    await on.held(1);
    await on.clock.advance(180_000);
    expect(textOf((await ping.heard).tree, "Status")).toBe("1");
  });
});

describe("Microsoft's connectivity analyser", () => {
  it("does not provision: it is let in where devices may that cannot", async () => {
    const on = await site({ policy: { enforce: true, allowUnprovisionable: true } });
    const analyser = new ShapedDevice(on, {
      query: (command) =>
        `Cmd=${command}&User=alice&DeviceId=8D6C2A1B3E4F5061&DeviceType=TestActiveSyncConnectivity`,
      headers: {
        authorization: basic(user),
        "ms-asprotocolversion": "14.0",
        "user-agent": "TestActiveSyncConnectivity",
      },
    });
    const options = await analyser.ask("", undefined, { method: "OPTIONS", query: "" });
    expect(options.headers["ms-asprotocolversions"]).toContain("14.0");
    expect(textOf((await analyser.ask("FolderSync", folderSync())).tree, "Status")).toBe("1");
    const key = keyOf(await analyser.ask("Sync", syncOf("inbox", "0")));
    expect((await analyser.ask("Sync", syncOf("inbox", key))).body).toHaveLength(0);
  });
});
