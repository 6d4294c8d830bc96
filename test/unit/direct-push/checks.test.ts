import { gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { DirectPushError } from "../../../src/errors.js";
import type { DirectPushOptions } from "../../../src/options.js";
import type { ProtocolVersion } from "../../../src/protocol/version.js";
import { InProcessDevice, type InProcessDeviceOptions } from "../../../src/testing/in-process-device.js";
import {
  AirSync,
  ComposeMail,
  childText,
  element,
  encode,
  FolderHierarchy,
  Ping,
  Search,
  textElement,
  type WbxmlElement,
} from "../../../src/wbxml/index.js";
import { done, fakeCommand, fakeFolderSync, fakePing, fakeServer } from "./fake-command.js";

const syncDocument = element(AirSync.Sync, [textElement(AirSync.WindowSize, 5)]);
const folderSyncDocument = element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.SyncKey, "0")]);

function setUp(options: Partial<DirectPushOptions> = {}, device: InProcessDeviceOptions = {}) {
  const sync = vi.fn(async () => done);
  const folderSync = vi.fn(async () => done);
  const ping = vi.fn(async () => done);
  const checkPolicyKey = vi.fn(async (): Promise<number | undefined> => undefined);
  const commands = [fakeCommand(sync), fakeFolderSync(folderSync), fakePing(ping)];
  const { server, clock, mailbox } = fakeServer(commands, options, checkPolicyKey);
  const phone = new InProcessDevice(server, device);
  return { server, clock, mailbox, phone, sync, folderSync, ping, checkPolicyKey };
}

const oldAndNew = [["12.1"], ["14.0"], ["16.1"]] as const;

function expectCommonStatus(
  answer: { status: number; document: WbxmlElement | undefined },
  version: ProtocolVersion,
  expected: { rootTag: number; statusTag: number; status: number; http: number },
): void {
  if (version === "12.1") {
    expect(answer).toMatchObject({ status: expected.http, body: null });
    return;
  }
  expect(answer.status).toBe(200);
  expect(answer.document).toEqual(
    element(expected.rootTag, [textElement(expected.statusTag, expected.status)]),
  );
}

const syncStatus = { rootTag: AirSync.Sync, statusTag: AirSync.Status };
const folderSyncStatus = { rootTag: FolderHierarchy.FolderSync, statusTag: FolderHierarchy.Status };

describe("path and method", () => {
  it.each(["/", "/Microsoft-Server-ActiveSync/x", "/autodiscover/autodiscover.xml"])(
    "404 for %s",
    async (url) => {
      const { phone } = setUp();
      expect(await phone.send("Sync", undefined, { url }).answer).toMatchObject({ status: 404, body: null });
    },
  );

  it.each(["/microsoft-server-activesync", "/x/Microsoft-Server-ActiveSync/"])(
    "the endpoint is %s too",
    async (path) => {
      const { phone, sync } = setUp();
      const url = `${path}?Cmd=Sync&User=a&DeviceId=b&DeviceType=c`;
      expect((await phone.send("Sync", syncDocument, { url }).answer).status).toBe(200);
      expect(sync).toHaveBeenCalledOnce();
    },
  );

  it.each(["GET", "PUT", "HEAD"])("405 for %s, to those who signed in", async (method) => {
    const { phone } = setUp();
    const answer = await phone.send("Sync", undefined, { method }).answer;
    expect(answer).toMatchObject({ status: 405, headers: { allow: "OPTIONS,POST", "content-length": "0" } });
  });
});

describe("401 comes first", () => {
  it.each([
    ["OPTIONS", { method: "OPTIONS", url: "/Microsoft-Server-ActiveSync" }],
    ["GET", { method: "GET" }],
    ["a POST without a query", { url: "/Microsoft-Server-ActiveSync" }],
    ["a POST of version 2.5", { headers: { "ms-asprotocolversion": "2.5" } }],
  ])("for %s", async (_, changes) => {
    const { phone } = setUp({ realm: "Mail" });
    const headers = { ...("headers" in changes ? changes.headers : {}), authorization: undefined };
    const answer = await phone.send("Sync", undefined, { ...changes, headers }).answer;
    expect(answer).toMatchObject({
      status: 401,
      headers: { "www-authenticate": 'Basic realm="Mail"', "content-length": "0" },
      body: null,
    });
  });

  it("is asked a second time with the credentials read as Latin-1", async () => {
    const authenticate = vi.fn<DirectPushOptions["authenticate"]>(async (attempt) =>
      attempt.kind === "basic" && attempt.password === "Ã¼"
        ? { kind: "user", user: "x" }
        : { kind: "refused" },
    );
    const { phone } = setUp({ authenticate }, { password: "ü" });
    expect((await phone.options()).status).toBe(200);
    expect(authenticate).toHaveBeenCalledTimes(2);
  });

  it("hands the hook everything but the body", async () => {
    const authenticate = vi.fn<DirectPushOptions["authenticate"]>(async () => ({
      kind: "refused",
      challenge: "Bearer",
    }));
    const { phone } = setUp({ authenticate });
    const answer = await phone.options();
    expect(answer.headers["www-authenticate"]).toBe("Bearer");
    const [attempt, request] = authenticate.mock.calls[0] ?? [];
    expect(attempt).toEqual({ kind: "basic", user: "alice@example.com", password: "alice" });
    expect(request).toMatchObject({ method: "OPTIONS", remoteAddress: "192.0.2.1" });
    expect(request).not.toHaveProperty("body");
  });

  it("sends users of another server there", async () => {
    const url = "https://b.example.com/Microsoft-Server-ActiveSync";
    const { phone } = setUp({ authenticate: async () => ({ kind: "moved", url }) });
    expect(await phone.command("Sync")).toMatchObject({ status: 451, headers: { "x-ms-location": url } });
  });

  it("is never given because a directory is down", async () => {
    const { phone } = setUp({
      authenticate: async () => Promise.reject(new Error("down")),
      retryAfterSeconds: 7,
    });
    expect(await phone.command("Sync")).toMatchObject({ status: 503, headers: { "retry-after": "7" } });
    const throwing = setUp({
      authenticate: () => {
        throw new Error("down");
      },
    });
    expect(await throwing.phone.command("Sync")).toMatchObject({ status: 503 });
  });

  it("is never given because a directory is silent", async () => {
    const { phone, clock } = setUp({ authenticate: () => new Promise(() => {}), callTimeoutMs: 5_000 });
    const exchange = phone.send("Sync");
    await clock.advance(4_999);
    expect(exchange.isAnswered).toBe(false);
    await clock.advance(1);
    expect(await exchange.answer).toMatchObject({ status: 503 });
  });
});

describe("OPTIONS", () => {
  it("advertises the registered commands and the versions, ascending", async () => {
    const { phone } = setUp();
    expect(await phone.options()).toMatchObject({
      status: 200,
      headers: {
        "ms-asprotocolversions": "12.1,14.0,14.1,16.0,16.1",
        "ms-asprotocolcommands": "Sync,FolderSync,Ping",
        allow: "OPTIONS,POST",
        "content-length": "0",
      },
      body: null,
    });
  });

  it("leaves out what the mailbox does not support", async () => {
    const seen = vi.fn(() => false);
    const { server, mailbox } = fakeServer([
      fakeCommand(async () => done),
      fakePing(async () => done, { supportedBy: seen }),
    ]);
    const phone = new InProcessDevice(server);
    expect((await phone.options()).headers["ms-asprotocolcommands"]).toBe("Sync");
    expect(seen).toHaveBeenCalledWith(mailbox, undefined);
    expect(childText((await phone.command("Ping")).document, Ping.Status)).toBe("137");
  });

  it("takes a query that a POST may not have, and a policy key", async () => {
    const { phone } = setUp();
    const url = "/Microsoft-Server-ActiveSync?Cmd=Options&User=alice";
    const answer = await phone.send("x", undefined, {
      method: "OPTIONS",
      url,
      headers: { "x-ms-policykey": "0" },
    }).answer;
    expect(answer.status).toBe(200);
  });

  it("asks the versions hook, and sorts what it says", async () => {
    const versions = vi.fn<NonNullable<DirectPushOptions["versions"]>>(() => ["14.1", "12.1"]);
    const { phone } = setUp({ versions });
    expect((await phone.options()).headers["ms-asprotocolversions"]).toBe("12.1,14.1");
    expect(versions).toHaveBeenCalledWith({
      user: "alice@example.com",
      deviceId: undefined,
      deviceType: undefined,
      userAgent: "InProcess/1.0",
    });
  });

  it("survives a versions hook that throws", async () => {
    const versions = (): never => {
      throw new Error("no");
    };
    expect((await setUp({ versions }).phone.options()).headers["ms-asprotocolversions"]).toBe(
      "12.1,14.0,14.1,16.0,16.1",
    );
  });
});

describe("query and device", () => {
  it.each(["", "?", "?User=a&DeviceId=b&DeviceType=c", "?Cmd=", "?!!"])(
    "400 for the query %j",
    async (query) => {
      const { phone } = setUp();
      const answer = await phone.send("Sync", undefined, { url: `/Microsoft-Server-ActiveSync${query}` })
        .answer;
      expect(answer).toMatchObject({ status: 400, body: null });
    },
  );

  it.each(oldAndNew)("says that a device id is missing or wrong, in %s", async (version) => {
    for (const id of ["", "&DeviceId=", "&DeviceId=a%2Cb"]) {
      const { phone } = setUp({}, { version });
      const url = `/Microsoft-Server-ActiveSync?Cmd=Sync&User=a&DeviceType=c${id}`;
      const answer = await phone.send("Sync", undefined, { url }).answer;
      expectCommonStatus(answer, version, { ...syncStatus, status: 108, http: 400 });
    }
  });

  it.each(oldAndNew)("says that a device type is missing, in %s", async (version) => {
    const { phone } = setUp({}, { version });
    const url = "/Microsoft-Server-ActiveSync?Cmd=Sync&User=a&DeviceId=c";
    const answer = await phone.send("Sync", undefined, { url }).answer;
    expectCommonStatus(answer, version, { ...syncStatus, status: 109, http: 400 });
  });

  it("is the same device in either form of the query", async () => {
    const seen: string[] = [];
    const { server } = fakeServer([
      fakeCommand(async (_, { device }) => {
        seen.push(device.id);
        return done;
      }),
    ]);
    await new InProcessDevice(server, { deviceId: "j95cmdo6sh45" }).command("Sync");
    await new InProcessDevice(server, { deviceId: "j95cmdo6sh45", queryForm: "base64" }).command("Sync");
    expect(seen).toEqual(["J95CMDO6SH45", "J95CMDO6SH45"]);
  });

  it("takes version and policy key from a base64 query, whatever the headers say", async () => {
    const { phone, sync } = setUp({}, { queryForm: "base64", version: "14.1" });
    const headers = { "ms-asprotocolversion": "2.5", "x-ms-policykey": "7", "user-agent": undefined };
    expect((await phone.send("Sync", syncDocument, { headers }).answer).status).toBe(200);
    expect(sync.mock.calls[0]).toMatchObject([
      { policyKey: undefined },
      { device: { version: "14.1", userAgent: "" } },
    ]);
    phone.policyKey = 4_000_000_000;
    await phone.send("Sync", syncDocument, { headers }).answer;
    expect(sync.mock.calls[1]).toMatchObject([{ policyKey: 4_000_000_000 }, {}]);
  });

  it("stores nothing for the device `validate`", async () => {
    const { server, mailbox } = fakeServer([
      fakeCommand(async (_, { state }) => {
        await state.write("k", "v", undefined);
        return done;
      }),
    ]);
    expect(mailbox).toBeDefined();
    const phone = new InProcessDevice(server, { deviceId: "validate" });
    // A second write of the same key would be refused if the first had been stored.
    for (let round = 0; round < 2; round += 1) expect((await phone.command("Sync")).status).toBe(200);
  });

  it("logs in whoever authenticated, whatever the query says", async () => {
    const { phone, sync } = setUp({ authenticate: async () => ({ kind: "user", user: "a", login: 5 }) });
    await phone.send("Sync", undefined, {
      url: "/Microsoft-Server-ActiveSync?Cmd=Sync&User=other&DeviceId=x&DeviceType=y",
    }).answer;
    expect(sync.mock.calls[0]).toMatchObject([
      {},
      { mailboxRef: { user: "a", login: 5 }, device: { user: "a" } },
    ]);
  });
});

describe("version", () => {
  it.each([
    [undefined, 400],
    ["2.5", 400],
    ["12.0", 400],
    ["1.0", 505],
    ["abc", 400],
  ])("%s gets %d", async (version, status) => {
    const { phone, sync } = setUp();
    const answer = await phone.send("Sync", syncDocument, { headers: { "ms-asprotocolversion": version } })
      .answer;
    expect(answer).toMatchObject({ status, body: null });
    expect(sync).not.toHaveBeenCalled();
  });

  it.each(["14.5", "16.2", "17.0"])("%s gets Status 138", async (version) => {
    const { phone } = setUp();
    const answer = await phone.send("Sync", syncDocument, { headers: { "ms-asprotocolversion": version } })
      .answer;
    expect(childText(answer.document, AirSync.Status)).toBe("138");
  });

  it.each(oldAndNew)("that the hook excludes is refused, in %s", async (version) => {
    const { phone } = setUp({ versions: () => ["16.0"] }, { version });
    const answer = await phone.command("Sync", syncDocument);
    expectCommonStatus(answer, version, { ...syncStatus, status: 138, http: 400 });
  });
});

describe("the versions hook", () => {
  it("is asked who sends a command, and limits each device and user agent by itself", async () => {
    const versions = vi.fn<NonNullable<DirectPushOptions["versions"]>>(({ userAgent }) =>
      userAgent.startsWith("Old/") ? ["12.1", "14.0"] : ["14.1", "16.1"],
    );
    const { server } = fakeServer([fakeCommand(async () => done)], { versions });
    const status = async (
      userAgent: string,
      version: ProtocolVersion,
    ): Promise<number | string | undefined> => {
      const answer = await new InProcessDevice(server, { userAgent, version }).command("Sync", syncDocument);
      return answer.status === 200 ? childText(answer.document, AirSync.Status) : answer.status;
    };
    expect(await status("Old/1", "12.1")).toBe("1");
    expect(await status("Old/1", "14.0")).toBe("1");
    expect(await status("Old/1", "16.1")).toBe("138");
    expect(await status("New/1", "16.1")).toBe("1");
    expect(await status("New/1", "12.1")).toBe(400);
    expect(versions).toHaveBeenLastCalledWith({
      user: "alice@example.com",
      deviceId: "DEVICE1",
      deviceType: "TestPhone",
      userAgent: "New/1",
    });
  });
});

describe("commands that are not there", () => {
  it.each(oldAndNew)("a command of the protocol, in %s", async (version) => {
    const { phone } = setUp({}, { version });
    const mail = { rootTag: ComposeMail.SendMail, statusTag: ComposeMail.Status, status: 137, http: 501 };
    expectCommonStatus(await phone.command("SendMail"), version, mail);
    const search = { rootTag: Search.Search, statusTag: Search.Status, status: 137, http: 501 };
    expectCommonStatus(await phone.command("Search"), version, search);
  });

  it.each(["GetHierarchy", "GetAttachment", "Autodiscover", "Nonsense"])("501 for %s", async (name) => {
    expect((await setUp().phone.command(name)).status).toBe(501);
  });

  it("501 for a code of the base64 form that no command has", async () => {
    const { phone } = setUp();
    const url = "/Microsoft-Server-ActiveSync?jQUJBANhYmMAAldQ";
    expect((await phone.send("Sync", undefined, { url }).answer).status).toBe(501);
  });

  it("a command that is newer than the version", async () => {
    const { server } = fakeServer([fakeCommand(async () => done, { since: "16.1" })]);
    const newer = await new InProcessDevice(server, { version: "16.0" }).command("Sync");
    expectCommonStatus(newer, "16.0", { ...syncStatus, status: 138, http: 400 });
    const old = await new InProcessDevice(server, { version: "12.1" }).command("Sync");
    expectCommonStatus(old, "12.1", { ...syncStatus, status: 138, http: 400 });
  });

  it("names of commands are taken in any case", async () => {
    const { phone, sync } = setUp();
    expect((await phone.command("sYNC", syncDocument)).status).toBe(200);
    expect(sync).toHaveBeenCalledOnce();
  });
});

describe("authorizeDevice", () => {
  it.each(oldAndNew)("refuses a blocked device, in %s", async (version) => {
    const { phone, server, sync } = setUp(
      { authorizeDevice: async () => ({ kind: "block", reason: "lost" }) },
      { version },
    );
    const refused = vi.fn();
    server.events.on("deviceRefused", refused);
    const answer = await phone.command("Sync", syncDocument);
    expectCommonStatus(answer, version, { ...syncStatus, status: 129, http: 403 });
    expect(refused).toHaveBeenCalledWith(
      expect.objectContaining({ decision: "block", reason: "lost", command: "Sync" }),
    );
    expect(sync).not.toHaveBeenCalled();
  });

  it.each(oldAndNew)(
    "lets a device in quarantine say what it is, and nothing else, in %s",
    async (version) => {
      const provision = fakeCommand(async () => done, { name: "Provision", needsPolicyKey: false });
      const settings = fakeCommand(async () => done, { name: "Settings" });
      const run = vi.fn(async () => done);
      const { server } = fakeServer([provision, settings, fakeCommand(run), fakePing(run)], {
        authorizeDevice: async () => ({ kind: "quarantine", reason: "new" }),
      });
      const refused = vi.fn();
      server.events.on("deviceRefused", refused);
      const phone = new InProcessDevice(server, { version });
      for (const name of ["Provision", "pROVISION", "Settings"]) {
        expect((await phone.command(name)).document).toEqual(done.kind === "document" && done.document);
      }
      expect(refused).not.toHaveBeenCalled();
      const ping = { rootTag: Ping.Ping, statusTag: Ping.Status };
      expectCommonStatus(await phone.command("Ping"), version, { ...ping, status: 129, http: 403 });
      expectCommonStatus(await phone.command("Sync"), version, { ...syncStatus, status: 129, http: 403 });
      expect(run).not.toHaveBeenCalled();
      expect(refused).toHaveBeenCalledTimes(2);
      expect(refused).toHaveBeenLastCalledWith(
        expect.objectContaining({ decision: "quarantine", reason: "new", command: "Sync" }),
      );
    },
  );

  it("refuses every command of a blocked device, those of a quarantine too", async () => {
    const run = vi.fn(async () => done);
    const named = ["Provision", "Settings", "Sync"].map((name) => fakeCommand(run, { name }));
    const { server } = fakeServer([...named, fakePing(run)], {
      authorizeDevice: async () => ({ kind: "block", reason: "lost" }),
    });
    const phone = new InProcessDevice(server, { version: "12.1" });
    for (const name of ["Provision", "Settings", "Sync", "Ping"]) {
      expect((await phone.command(name)).status).toBe(403);
    }
    expect(run).not.toHaveBeenCalled();
  });

  it("is asked again for every command, so that a decision holds at once", async () => {
    const kinds = ["allow", "block", "allow"] as const;
    let asked = 0;
    const { phone } = setUp({
      authorizeDevice: async () => ({ kind: kinds[asked++] ?? "allow", reason: "changed" }),
    });
    const statuses = [];
    for (let round = 0; round < 3; round += 1) {
      statuses.push(childText((await phone.command("Sync", syncDocument)).document, AirSync.Status));
    }
    expect(statuses).toEqual(["1", "129", "1"]);
  });

  it("answers 503 when it fails", async () => {
    const { phone } = setUp({ authorizeDevice: async () => Promise.reject(new Error("down")) });
    expect(await phone.command("Sync")).toMatchObject({ status: 503, headers: { "retry-after": "30" } });
  });
});

describe("policy key", () => {
  it("is checked before the body is read, for commands that carry one", async () => {
    const { phone, checkPolicyKey, sync } = setUp();
    checkPolicyKey.mockResolvedValue(142);
    phone.policyKey = 5;
    const answer = await phone.send("Sync", undefined, { body: Buffer.from("no WBXML") }).answer;
    expect(childText(answer.document, AirSync.Status)).toBe("142");
    expect(checkPolicyKey.mock.calls[0]).toMatchObject([
      { policyKey: 5, document: undefined },
      { device: { id: "DEVICE1" } },
    ]);
    expect(sync).not.toHaveBeenCalled();
  });

  it("is not asked for a Ping", async () => {
    const { phone, checkPolicyKey, ping } = setUp();
    checkPolicyKey.mockResolvedValue(142);
    await phone.ping({ heartbeatSeconds: 60 }).answer;
    expect(ping).toHaveBeenCalledOnce();
    expect(checkPolicyKey).not.toHaveBeenCalled();
  });

  it.each([
    [140, undefined, 403],
    [140, 0, 449],
    [141, undefined, 449],
    [142, 0, 449],
    [143, 5, 449],
    [144, 5, 449],
    [129, 5, 403],
  ])("status %d with the key %s is %d in 12.1", async (status, key, http) => {
    const { phone, checkPolicyKey } = setUp({}, { version: "12.1" });
    checkPolicyKey.mockResolvedValue(status);
    phone.policyKey = key;
    expect(await phone.command("Sync", syncDocument)).toMatchObject({ status: http, body: null });
  });

  it("answers 503 when the state store is down", async () => {
    const { phone, checkPolicyKey } = setUp();
    checkPolicyKey.mockRejectedValue(new DirectPushError("ERR_CALL_FAILED", "down"));
    expect(await phone.command("Sync", syncDocument)).toMatchObject({ status: 503 });
  });
});

describe("body", () => {
  it.each(oldAndNew)("that is required and missing, in %s", async (version) => {
    const { phone } = setUp({}, { version });
    expectCommonStatus(await phone.command("FolderSync"), version, {
      ...folderSyncStatus,
      status: 101,
      http: 400,
    });
  });

  it.each(oldAndNew)("of another content type, in %s", async (version) => {
    const { phone } = setUp({}, { version });
    const answer = await phone.send("FolderSync", folderSyncDocument, {
      headers: { "content-type": "text/xml" },
    }).answer;
    expectCommonStatus(answer, version, { ...folderSyncStatus, status: 101, http: 400 });
  });

  it("of the short content type, or of none", async () => {
    const { phone, folderSync } = setUp();
    for (const type of ["application/vnd.ms-sync", undefined]) {
      await phone.send("FolderSync", folderSyncDocument, { headers: { "content-type": type } }).answer;
    }
    expect(folderSync).toHaveBeenCalledTimes(2);
  });

  it.each(oldAndNew)("that is no WBXML, in %s", async (version) => {
    const { phone } = setUp({}, { version });
    const changes = { body: Buffer.from("<xml/>"), headers: { "content-length": "6" } };
    const answer = await phone.send("FolderSync", undefined, changes).answer;
    expectCommonStatus(answer, version, { ...folderSyncStatus, status: 102, http: 400 });
  });

  it.each(oldAndNew)("that is another command's, in %s", async (version) => {
    const { phone } = setUp({}, { version });
    const answer = await phone.command("FolderSync", syncDocument);
    expectCommonStatus(answer, version, { ...folderSyncStatus, status: 103, http: 400 });
  });

  it.each(oldAndNew)("that is no WBXML gets Ping its own Status 4, in %s", async (version) => {
    const { phone } = setUp({}, { version });
    const body = Buffer.from("<xml/>");
    const answer = await phone.send("Ping", undefined, { body, headers: { "content-length": "6" } }).answer;
    expect(answer.status).toBe(200);
    expect(childText(answer.document, Ping.Status)).toBe("4");
  });

  it("of the wrong length", async () => {
    const { phone } = setUp();
    const bytes = encode(folderSyncDocument);
    async function* body(): AsyncGenerator<Uint8Array> {
      yield bytes;
    }
    const headers = { "content-length": String(bytes.length + 1) };
    const answer = await phone.send("FolderSync", folderSyncDocument, { body: body(), headers }).answer;
    expect(childText(answer.document, FolderHierarchy.Status)).toBe("101");
  });

  it("413 for one that is too long, as sent or inflated", async () => {
    const { phone } = setUp({ limits: { maxBodyBytes: 1_024 } });
    expect((await phone.send("Sync", undefined, { body: Buffer.alloc(1_025) }).answer).status).toBe(413);
    const gzip = { body: gzipSync(Buffer.alloc(1_025)), headers: { "content-encoding": "gzip" } };
    expect((await phone.send("Sync", undefined, gzip).answer).status).toBe(413);
  });

  it("that is gzipped", async () => {
    const { phone, sync } = setUp();
    const body = gzipSync(encode(syncDocument));
    const headers = { "content-encoding": "gzip", "content-length": String(body.length) };
    expect((await phone.send("Sync", syncDocument, { body, headers }).answer).status).toBe(200);
    expect(sync.mock.calls[0]).toMatchObject([{ document: syncDocument }, {}]);
  });

  it("415 for other encodings", async () => {
    const { phone } = setUp();
    const answer = await phone.send("Sync", syncDocument, { headers: { "content-encoding": "br" } }).answer;
    expect(answer).toMatchObject({ status: 415, headers: { "accept-encoding": "gzip" } });
  });

  it("500 for one that another reader took", async () => {
    const { phone, server } = setUp();
    const failed = vi.fn();
    server.events.on("requestFailed", failed);
    const error = new DirectPushError("ERR_BODY_CONSUMED", "gone");
    // biome-ignore lint/correctness/useYield: a body that only fails
    async function* body(): AsyncGenerator<Uint8Array> {
      throw error;
    }
    expect((await phone.send("Sync", syncDocument, { body: body() }).answer).status).toBe(500);
    expect(failed).toHaveBeenCalledWith(expect.objectContaining({ error, command: "Sync" }));
  });
});

describe("the first FolderSync", () => {
  it("is told what the server can do", async () => {
    const { phone } = setUp({ versions: () => ["16.1"] });
    const { headers } = await phone.command("FolderSync", folderSyncDocument);
    expect(headers).toMatchObject({
      "ms-asprotocolversions": "16.1",
      "ms-asprotocolcommands": "Sync,FolderSync,Ping",
    });
    expect(headers["x-ms-rp"]).toBeUndefined();
  });

  it("and no other is", async () => {
    const { phone } = setUp();
    const later = element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.SyncKey, "5")]);
    for (const answer of [
      await phone.command("FolderSync", later),
      await phone.command("Sync", syncDocument),
    ]) {
      expect(answer.headers["ms-asprotocolversions"]).toBeUndefined();
    }
  });
});
