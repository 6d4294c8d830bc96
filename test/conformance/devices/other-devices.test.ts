/** Quirks of BlackBerry, Nokia, LG and of clients that are programs on computers. */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decode, encode } from "../../../src/wbxml/index.js";
import { basic, ShapedDevice, type Site, user } from "./line.js";
import { addedTo, folderSync, keyOf, pingOf, setUp, statusOf, syncOf } from "./requests.js";
import { site } from "./sites.js";
import { all, document, namesIn, type Tree, textOf, textsOf } from "./tree.js";

function device(
  on: Site,
  id: string,
  type: string,
  headers: Readonly<Record<string, string | undefined>>,
): ShapedDevice {
  return new ShapedDevice(on, {
    query: (command) => `Cmd=${command}&User=${encodeURIComponent(user)}&DeviceId=${id}&DeviceType=${type}`,
    headers: { authorization: basic(user), "ms-asprotocolversion": "14.1", ...headers },
  });
}

const blackBerry = (on: Site): ShapedDevice =>
  device(on, "BB2B1C3D4E5F", "BlackBerry", { "user-agent": "RIM-Q10-SQN100-3/10.3.2.2876" });
const nokia = (on: Site): ShapedDevice =>
  device(on, "NOKIA356938035643809", "NokiaN9", {
    "user-agent": "MeeGo/1.2 NokiaN9",
    "ms-asprotocolversion": "12.1",
  });
const lg = (on: Site): ShapedDevice =>
  device(on, "LGEandroid1A2B3C", "LGP970", { "user-agent": "LG-P970/1.0", "ms-asprotocolversion": "12.1" });
const mustang = (on: Site): ShapedDevice =>
  new ShapedDevice(on, {
    query: (command) =>
      `Cmd=${command}&User=${encodeURIComponent(user)}&DeviceID=00112233445566778899AABBCCDDEEFF&DeviceType=UniversalOutlook`,
    headers: {
      authorization: basic(user),
      "ms-asprotocolversion": "16.1",
      "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Electron/31.0.0",
    },
  });
const tbSync = (on: Site): ShapedDevice =>
  device(on, "MZTB0123456789abcdef0123456789ab", "TbSync", {
    "user-agent": "Thunderbird ActiveSync",
    "ms-asprotocolversion": "16.1",
    cookie: "DefaultAnchorMailbox=alice@example.com",
  });
const script = (on: Site, headers: Readonly<Record<string, string | undefined>> = {}): ShapedDevice =>
  device(on, "SCRIPT01", "Script", { "ms-asprotocolversion": "16.1", ...headers });

const mail = (subject: string): string =>
  `From: bob@example.com\r\nTo: ${user}\r\nSubject: ${subject}\r\n\r\nHello\r\n`;

describe("BlackBerry", () => {
  it("sends Changes and Deletes with an empty ServerId: 8 for each, and the rest of the request is done", async () => {
    const on = await site();
    const id = on.mailbox.deliver(user, mail("read"));
    const key = await setUp(blackBerry(on), "inbox");
    const commands: Tree = [
      "Commands",
      ["Change", ["ServerId"], ["ApplicationData", ["Email:Read", "1"]]],
      ["Delete", ["ServerId"]],
      ["Change", ["ServerId", id], ["ApplicationData", ["Email:Read", "1"]]],
    ];
    const heard = await blackBerry(on).ask("Sync", syncOf("inbox", key, commands));
    expect(statusOf(heard)).toBe("1");
    const responses = all(heard.tree, "Responses")[0];
    expect(textsOf(responses, "Status")).toEqual(["8", "8"]);
    expect(on.mailbox.snapshot(user, "inbox").get(id)?.flags?.read).toBe(true);
  });

  it("sends empty documents and bodies that are no WBXML: a Status of the command or 400, never 500", async () => {
    const on = await site();
    const phone = blackBerry(on);
    await phone.ask("FolderSync", folderSync());
    expect(textOf((await phone.ask("FolderCreate", ["FolderHierarchy:FolderCreate"])).tree, "Status")).toBe(
      "10",
    );
    expect(textOf((await phone.ask("Sync", ["AirSync:Sync"])).tree, "Status")).toBe("4");
    expect(statusOf(await phone.ask("Sync"))).toBe("13");
    for (const bytes of [
      [0],
      [3, 1, 106, 0],
      [3, 1, 106, 0, 0x45, 0x5c, 0x4f],
      [3, 1, 106, 0, 0, 99, 0x45],
    ]) {
      const heard = await phone.ask("FolderCreate", undefined, {
        body: Buffer.from(bytes),
        headers: { "content-type": "application/vnd.ms-sync.wbxml" },
      });
      expect([heard.status, textOf(heard.tree, "Status")]).toEqual([200, "102"]);
    }
  });

  it("writes birthdays at 11:00 UTC: the day stays", async () => {
    const on = await site();
    const key = await setUp(blackBerry(on), "contacts");
    const data: Tree = [
      "ApplicationData",
      ["Contacts:FirstName", "Ann"],
      ["Contacts:Birthday", "1980-05-01T11:00:00.000Z"],
    ];
    await blackBerry(on).ask("Sync", syncOf("contacts", key, ["Commands", ["Add", ["ClientId", "1"], data]]));
    const other = script(on);
    await other.ask("FolderSync", folderSync());
    const start = keyOf(await other.ask("Sync", syncOf("contacts", "0")));
    const { tree } = await other.ask("Sync", syncOf("contacts", start));
    expect(textOf(tree, "Birthday")).toMatch(/^1980-05-01T/);
  });

  it("reads signed mail as a whole message alone: MIMESupport 1 gives it uncut, and other mail as text", async () => {
    const on = await site();
    const signed = [
      `From: bob@example.com\r\nTo: ${user}\r\nSubject: signed\r\nMIME-Version: 1.0`,
      'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="b"',
      "",
      "--b\r\nContent-Type: text/plain\r\n\r\nHello",
      "--b\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIB\r\n--b--\r\n",
    ].join("\r\n");
    on.mailbox.deliver(user, signed);
    on.mailbox.deliver(user, mail("plain"));
    const phone = blackBerry(on);
    await phone.ask("FolderSync", folderSync());
    const start = keyOf(await phone.ask("Sync", syncOf("inbox", "0")));
    const options: Tree = [
      "Options",
      ["MIMESupport", "1"],
      ["AirSyncBase:BodyPreference", ["Type", "4"]],
      ["AirSyncBase:BodyPreference", ["Type", "1"], ["TruncationSize", "1000"]],
    ];
    const { tree } = await phone.ask("Sync", syncOf("inbox", start, options));
    const bodies = new Map(
      all(tree, "Add").map((add) => [textOf(add, "Subject"), all(add, "Body")[0]] as const),
    );
    expect(textOf(bodies.get("signed"), "Type")).toBe("4");
    expect(all(bodies.get("signed"), "Truncated")).toEqual([]);
    expect(
      textOf(bodies.get("signed"), "Data") ?? all(bodies.get("signed"), "Data")[0]?.[1]?.toString(),
    ).toContain("smime.p7s");
    expect(textOf(bodies.get("plain"), "Type")).toBe("1");
  });
});

describe("Nokia", () => {
  it("(N800, N9) reads no empty answer: by the hook it gets its collections with the keys unchanged", async () => {
    const on = await site({ emptySyncResponse: (userAgent) => !userAgent.includes("Nokia") });
    const key = await setUp(nokia(on), "inbox");
    const heard = await nokia(on).ask("Sync", syncOf("inbox", key));
    expect([keyOf(heard), statusOf(heard)]).toEqual([key, "1"]);
    const other = await setUp(lg(on), "inbox");
    expect((await lg(on).ask("Sync", syncOf("inbox", other))).body).toHaveLength(0);
  });

  it("wants a FirstName of everyone in the address list", async () => {
    const on = await site({}, { people: [{ displayName: "Ann Alpha", emailAddress: "ann@example.com" }] });
    const { tree } = await nokia(on).ask("Search", [
      "Search:Search",
      ["Store", ["Name", "GAL"], ["Query", "ann"], ["Options", ["Range", "0-19"]]],
    ]);
    expect(textOf(tree, "FirstName")).toBe("Ann Alpha");
  });
});

describe("LG", () => {
  it("sends an empty Supported: everything is ghosted, so that nothing is lost by a Change", async () => {
    const on = await site();
    const id = on.mailbox.addItem(user, "contacts", {
      class: "Contacts",
      firstName: "Ann",
      lastName: "Alpha",
    });
    await lg(on).ask("FolderSync", folderSync());
    const start = keyOf(await lg(on).ask("Sync", syncOf("contacts", "0", ["Supported"])));
    const key = keyOf(await lg(on).ask("Sync", syncOf("contacts", start)));
    const change: Tree = ["Change", ["ServerId", id], ["ApplicationData", ["Contacts:FirstName", "Anna"]]];
    await lg(on).ask("Sync", syncOf("contacts", key, ["Commands", change]));
    const stored = await on.mailbox.item({ user }, "contacts", id, { bodies: [], withBody: true });
    expect(stored).toMatchObject({ firstName: "Anna", lastName: "Alpha" });
  });
});

describe("clients of several makers", () => {
  it("send commands with key 0: they are passed over, and the folder starts", async () => {
    const on = await site();
    await script(on).ask("FolderSync", folderSync());
    const data: Tree = ["ApplicationData", ["Contacts:FirstName", "Ann"]];
    const heard = await script(on).ask(
      "Sync",
      syncOf("contacts", "0", ["Commands", ["Add", ["ClientId", "1"], data]]),
    );
    expect([statusOf(heard), keyOf(heard) === ""]).toEqual(["1", false]);
    expect(on.mailbox.snapshot(user, "contacts").size).toBe(0);
  });

  it("repeat an Add whose answer was lost, with the same ClientId: one item", async () => {
    const on = await site();
    const key = await setUp(script(on), "contacts");
    const add: Tree = ["Add", ["ClientId", "1"], ["ApplicationData", ["Contacts:FirstName", "Ann"]]];
    const ids = new Set<string | undefined>();
    for (let times = 0; times < 3; times += 1) {
      const heard = await script(on).ask("Sync", syncOf("contacts", key, ["Commands", add]));
      ids.add(textOf(all(heard.tree, "Responses")[0], "ServerId"));
    }
    expect(ids.size).toBe(1);
    expect(on.mailbox.snapshot(user, "contacts").size).toBe(1);
  });

  it("write a note, task or contact with an empty body: it has none", async () => {
    const on = await site();
    const key = await setUp(script(on), "notes");
    const data: Tree = [
      "ApplicationData",
      ["Notes:Subject", "Empty"],
      ["AirSyncBase:Body", ["Type", "1"], ["Data"]],
      ["Notes:MessageClass", "IPM.StickyNote"],
    ];
    const heard = await script(on).ask(
      "Sync",
      syncOf("notes", key, ["Commands", ["Add", ["ClientId", "1"], data]]),
    );
    expect(textOf(all(heard.tree, "Responses")[0], "Status")).toBe("1");
  });

  it("write empty text between the tags of an element that means a default by being empty", async () => {
    const on = await site();
    await script(on).ask("FolderSync", folderSync());
    const start = keyOf(await script(on).ask("Sync", syncOf("inbox", "0")));
    on.mailbox.deliver(user, mail("new"));
    const tree = syncOf("inbox", start, ["GetChanges", "~"], ["DeletesAsMoves", "~"], ["WindowSize", "~"]);
    // An inline string of no character: the encoder here would leave it out.
    const body = Buffer.from(
      Buffer.from(encode(document(tree)))
        .toString("latin1")
        .replaceAll("~", ""),
      "latin1",
    );
    const headers = { "content-type": "application/vnd.ms-sync.wbxml" };
    expect(addedTo(await script(on).ask("Sync", undefined, { body, headers }))).toHaveLength(1);
  });

  it("put elements that nobody knows into known ones: they are passed over with what is in them", async () => {
    const on = await site();
    const key = await setUp(script(on), "inbox");
    const unknown: Tree = [0x003f, ["AirSync:SyncKey", "wrong"]];
    const id = on.mailbox.deliver(user, mail("new"));
    const tree: Tree = [
      "AirSync:Sync",
      unknown,
      [
        "Collections",
        ["Collection", ["SyncKey", key], unknown, ["CollectionId", "inbox"], ["Options", unknown]],
      ],
    ];
    expect(addedTo(await script(on).ask("Sync", tree))).toEqual([id]);
    on.mailbox.deliver(user, mail("newer"));
    const ping = await script(on).begin("Ping", [
      "Ping:Ping",
      [0x0d3e],
      ["HeartbeatInterval", "600"],
      ["Folders", ["Folder", ["Id", "inbox"], [0x0d3f, "x"], ["Class", "Email"]]],
    ]);
    expect(textOf((await ping.heard).tree, "Status")).toBe("2");
  });

  it("take ids that look like numbers for numbers: those that the mailbox of the demo and its items have begin with a letter", async () => {
    const on = await site();
    on.mailbox.createFolder(user, { name: "2024" });
    const { tree } = await script(on).ask("FolderSync", folderSync());
    for (const id of textsOf(tree, "ServerId")) expect(id).toMatch(/^[A-Za-z]/);
    expect(on.mailbox.deliver(user, mail("new"))).toMatch(/^[A-Za-z]/);
  });

  it("mix up a follow-up flag and a category: each is told alone when it alone changed", async () => {
    const on = await site();
    const id = on.mailbox.deliver(user, mail("flagged"));
    const key = await setUp(script(on), "inbox");
    on.mailbox.updateItem(user, "inbox", id, { kind: "email-flags", categories: ["Red"] });
    const first = await script(on).ask("Sync", syncOf("inbox", key));
    expect(namesIn(all(first.tree, "ApplicationData")[0])).toEqual(["Categories"]);
    on.mailbox.updateItem(user, "inbox", id, { kind: "email-flags", flag: { status: "active" } });
    const second = await script(on).ask("Sync", syncOf("inbox", keyOf(first)));
    expect(namesIn(all(second.tree, "ApplicationData")[0])).toEqual(["Flag"]);
    // The other way round: a flag that a device sets leaves the categories alone.
    const completed = "2026-01-01T00:00:00.000Z";
    const flag: Tree = [
      "Email:Flag",
      ["Status", "1"],
      ["FlagType", "Flag for follow up"],
      ["CompleteTime", completed],
      ["Tasks:DateCompleted", completed],
    ];
    const change: Tree = ["Change", ["ServerId", id], ["ApplicationData", flag]];
    await script(on).ask("Sync", syncOf("inbox", keyOf(second), ["Commands", change]));
    const stored = await on.mailbox.item({ user }, "inbox", id, { bodies: [], withBody: false });
    expect(stored).toMatchObject({ categories: ["Red"], flag: { status: "complete" } });
  });

  it("have a window that ends exactly with the folder: no MoreAvailable for nothing", async () => {
    const on = await site();
    for (let number = 0; number < 25; number += 1) on.mailbox.deliver(user, mail(`${number}`));
    await script(on).ask("FolderSync", folderSync());
    const start = keyOf(await script(on).ask("Sync", syncOf("inbox", "0")));
    const heard = await script(on).ask("Sync", syncOf("inbox", start, ["WindowSize", "25"]));
    expect([addedTo(heard).length, all(heard.tree, "MoreAvailable").length]).toEqual([25, 0]);
  });

  it("write DeadOccur and other elements of a task's own into its Recurrence", async () => {
    const on = await site();
    const key = await setUp(script(on), "tasks");
    const data: Tree = [
      "ApplicationData",
      ["Tasks:Subject", "Water the plants"],
      ["Tasks:Complete", "0"],
      [
        "Tasks:Recurrence",
        ["Type", "0"],
        ["Start", "2026-01-05T00:00:00.000Z"],
        ["Interval", "1"],
        ["DeadOccur", "0"],
        ["Regenerate", "0"],
      ],
    ];
    const heard = await script(on).ask(
      "Sync",
      syncOf("tasks", key, ["Commands", ["Add", ["ClientId", "1"], data]]),
    );
    expect(textOf(all(heard.tree, "Responses")[0], "Status")).toBe("1");
  });
});

describe("Mustang", () => {
  it("spells DeviceID, pings for 60 seconds, and provisions after 142 before it repeats the command", async () => {
    const on = await site({ policy: { enforce: true } });
    const client = mustang(on);
    const zero = { headers: { "x-ms-policykey": "0" } };
    expect(textOf((await client.ask("FolderSync", folderSync(), zero)).tree, "Status")).toBe("142");
    const information: Tree = ["Settings:DeviceInformation", ["Set", ["Model", "PC"]]];
    const policy: Tree = ["Policies", ["Policy", ["PolicyType", "MS-EAS-Provisioning-WBXML"]]];
    const first = await client.ask("Provision", ["Provision:Provision", information, policy], zero);
    const temporary = textOf(first.tree, "PolicyKey") ?? "";
    const second = await client.ask("Provision", [
      "Provision:Provision",
      [
        "Policies",
        ["Policy", ["PolicyType", "MS-EAS-Provisioning-WBXML"], ["PolicyKey", temporary], ["Status", "1"]],
      ],
    ]);
    const key = { headers: { "x-ms-policykey": textOf(second.tree, "PolicyKey") } };
    expect(textOf((await client.ask("FolderSync", folderSync(), key)).tree, "Status")).toBe("1");
    const start = keyOf(await client.ask("Sync", syncOf("inbox", "0"), key));
    await client.ask("Sync", syncOf("inbox", start), key);
    const ping = await client.begin("Ping", pingOf(60, ["inbox", "Email"]));
    await on.held(1);
    await on.clock.advance(60_000);
    expect(textOf((await ping.heard).tree, "Status")).toBe("1");
  });

  it("reads a FolderSync without Changes as an error: there are always Changes with a Count", async () => {
    const on = await site();
    const first = await mustang(on).ask("FolderSync", folderSync());
    const { tree } = await mustang(on).ask("FolderSync", folderSync(textOf(first.tree, "SyncKey")));
    expect(textOf(all(tree, "Changes")[0], "Count")).toBe("0");
  });
});

describe("TbSync", () => {
  it("estimates before it syncs, has a cookie and a policy key of 0, and states its options each time", async () => {
    const on = await site();
    const client = tbSync(on);
    await client.ask("FolderSync", folderSync(), { headers: { "x-ms-policykey": "0" } });
    const start = keyOf(await client.ask("Sync", syncOf("contacts", "0")));
    on.mailbox.addItem(user, "contacts", { class: "Contacts", firstName: "Ann" });
    const estimate = await client.ask("GetItemEstimate", [
      "GetItemEstimate:GetItemEstimate",
      [
        "Collections",
        [
          "Collection",
          ["AirSync:SyncKey", start],
          ["CollectionId", "contacts"],
          ["AirSync:Options", ["AirSync:Class", "Contacts"]],
        ],
      ],
    ]);
    expect(textOf(estimate.tree, "Estimate")).toBe("1");
    const options: Tree = ["Options", ["AirSyncBase:BodyPreference", ["Type", "1"]]];
    const heard = await client.ask(
      "Sync",
      syncOf("contacts", start, ["DeletesAsMoves"], ["GetChanges"], ["WindowSize", "25"], options),
    );
    expect(addedTo(heard)).toHaveLength(1);
  });
});

describe("gaia (Firefox OS)", () => {
  it("sends an empty Sync after an empty answer: answered alike, and one that comes at once again is asked for all", async () => {
    const on = await site();
    const client = device(on, "r4nd0mb4s336", "phone", {
      "user-agent": "JavaScript EAS/1.0",
      "ms-asprotocolversion": "14.0",
    });
    const key = await setUp(client, "inbox");
    expect((await client.ask("Sync", syncOf("inbox", key))).body).toHaveLength(0);
    expect((await client.ask("Sync")).body).toHaveLength(0);
    expect(statusOf(await client.ask("Sync"))).toBe("13");
    await on.clock.advance(60_000);
    const id = on.mailbox.deliver(user, mail("new"));
    expect(addedTo(await client.ask("Sync"))).toEqual([id]);
  });
});

describe("where clients contradict one another", () => {
  it("GetChanges with key 0 is taken (one Go client always sends it), and is 4 for those who want to be strict", async () => {
    const lenient = await site();
    await script(lenient).ask("FolderSync", folderSync());
    expect(statusOf(await script(lenient).ask("Sync", syncOf("inbox", "0", ["GetChanges", "1"])))).toBe("1");
    const strict = await site({ strictGetChanges: true });
    await script(strict).ask("FolderSync", folderSync());
    const { tree } = await script(strict).ask("Sync", syncOf("inbox", "0", ["GetChanges", "1"]));
    expect(namesIn(tree)).toEqual(["Status"]);
    expect(textOf(tree, "Status")).toBe("4");
  });

  it("no changes are an empty body, and a document with the unchanged key for a client that cannot read one", async () => {
    const on = await site({ emptySyncResponse: (userAgent) => !userAgent.startsWith("python-requests/") });
    const key = await setUp(script(on), "inbox");
    expect((await script(on).ask("Sync", syncOf("inbox", key))).body).toHaveLength(0);
    const python = script(on, { "user-agent": "python-requests/2.32.3" });
    const heard = await python.ask("Sync", syncOf("inbox", key));
    expect([keyOf(heard), statusOf(heard)]).toEqual([key, "1"]);
  });

  it("errors of GetItemEstimate name their CollectionId, or one Python client crashes", async () => {
    const on = await site();
    await script(on).ask("FolderSync", folderSync());
    const collection = (id: string, key: string): Tree => [
      "Collection",
      ["AirSync:SyncKey", key],
      ["CollectionId", id],
    ];
    const { tree } = await script(on).ask("GetItemEstimate", [
      "GetItemEstimate:GetItemEstimate",
      ["Collections", collection("inbox", "17"), collection("nowhere", "1")],
    ]);
    expect(textsOf(tree, "CollectionId")).toEqual(["inbox", "nowhere"]);
  });

  it("a policy never stops a Ping for want of a key, and can be switched off", async () => {
    const on = await site({ policy: { enforce: true } });
    const heard = await script(on).ask("Ping", pingOf(600, ["inbox", "Email"]));
    expect(textOf(heard.tree, "Status")).toBe("7");
    const off = await site();
    expect(textOf((await script(off).ask("FolderSync", folderSync())).tree, "Status")).toBe("1");
  });

  it("versions are listed ascending: who takes the last and who takes the highest ends with the same", async () => {
    const on = await site();
    const options = await script(on).ask("", undefined, { method: "OPTIONS", query: "" });
    const versions = options.headers["ms-asprotocolversions"]?.split(",").map(Number) ?? [];
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
  });

  it.each([`EXAMPLE\\alice`, "alice@example.com", "alice"])(
    "the login %s reaches the hook as it is",
    async (login) => {
      const seen: string[] = [];
      const on = await site({
        authenticate: async (attempt) => {
          if (attempt.kind === "basic") seen.push(attempt.user);
          return attempt.kind === "basic" ? { kind: "user", user } : { kind: "refused" };
        },
      });
      await script(on, { authorization: basic(login) }).ask("FolderSync", folderSync());
      expect(seen).toEqual([login]);
      const shy = await script(on, { authorization: undefined }).ask("", undefined, {
        method: "OPTIONS",
        query: "",
      });
      expect([shy.status, shy.headers["www-authenticate"]]).toEqual([401, 'Basic realm="Direct Push"']);
    },
  );

  it("answers begin with 03 01 6A 00, no string table, and Status stands before Limit, HeartbeatInterval and Folders", async () => {
    const on = await site({ limits: { maxSyncCollections: 1 }, heartbeat: { maxSeconds: 600 } });
    await setUp(script(on), "inbox");
    const two: Tree = [
      "AirSync:Sync",
      [
        "Collections",
        ["Collection", ["SyncKey", "0"], ["CollectionId", "inbox"]],
        ["Collection", ["SyncKey", "0"], ["CollectionId", "sent"]],
      ],
    ];
    const tooMany = await script(on).ask("Sync", two);
    expect(namesIn(tooMany.tree)).toEqual(["Status", "Limit"]);
    const tooLong = await script(on).ask("Ping", pingOf(3600, ["inbox", "Email"]));
    expect(namesIn(tooLong.tree)).toEqual(["Status", "HeartbeatInterval"]);
    on.mailbox.deliver(user, mail("new"));
    const changed = await script(on).ask("Ping", pingOf(600, ["inbox", "Email"]));
    expect(namesIn(changed.tree)).toEqual(["Status", "Folders"]);
    for (const { body } of [tooMany, tooLong, changed]) {
      expect([...body.subarray(0, 4)]).toEqual([0x03, 0x01, 0x6a, 0x00]);
      expect(() => decode(body)).not.toThrow();
    }
  });

  it("bursts of Syncs at set-up (iOS: over 200) over six connections are all answered", async () => {
    const on = await site();
    const phone = script(on, { "user-agent": "Apple-iPhone11C8/2107.93" });
    await phone.ask("FolderSync", folderSync());
    const folders = ["inbox", "sent", "drafts", "deleted", "calendar", "contacts"];
    const connection = async (folder: string): Promise<number[]> => {
      const statuses: number[] = [];
      for (let times = 0; times < 35; times += 1) {
        statuses.push((await phone.ask("Sync", syncOf(folder, "0"))).status);
      }
      return statuses;
    };
    const statuses = (await Promise.all(folders.map(connection))).flat();
    expect(statuses).toHaveLength(210);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it("a request that is gzipped (one Go client) is read, and another encoding is 415 that names gzip", async () => {
    const on = await site();
    const body = Buffer.from(encode(document(folderSync())));
    const type = { "content-type": "application/vnd.ms-sync.wbxml" };
    const zipped = await script(on).ask("FolderSync", undefined, {
      body: gzipSync(body),
      headers: { ...type, "content-encoding": "gzip" },
    });
    expect(textOf(zipped.tree, "Status")).toBe("1");
    const other = await script(on).ask("FolderSync", undefined, {
      body,
      headers: { ...type, "content-encoding": "br" },
    });
    expect([other.status, other.headers["accept-encoding"]]).toEqual([415, "gzip"]);
  });

  it("who looks default folders up by type finds each: 2 to 10, and 19 from 14.0 on", async () => {
    const on = await site();
    const types = async (version: string): Promise<readonly number[]> => {
      const client = script(on, { "ms-asprotocolversion": version });
      const { tree } = await client.ask("FolderSync", folderSync());
      return textsOf(tree, "Type")
        .map(Number)
        .sort((a, b) => a - b);
    };
    expect(await types("16.1")).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 19]);
    expect(await types("12.1")).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
