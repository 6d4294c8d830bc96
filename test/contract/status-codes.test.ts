/** Each HTTP status as bytes on a socket, in the style of the versions before and from 14.0 on. */
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import type { DirectPushOptions } from "../../src/index.js";
import {
  childText,
  decode,
  element,
  encode,
  FolderHierarchy,
  textElement,
  type WbxmlElement,
} from "../../src/wbxml/index.js";
import { type Mounted, mount, user } from "./bench-of-one.js";
import { within } from "./deadline.js";
import { hosts } from "./hosts.js";
import type { WireAnswer, WireRequest } from "./wire.js";

const [nodeHttp] = hosts;
const open: Mounted[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await within("the host to close", one.host.close());
});

const folderSync = element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.SyncKey, "0")]);
const endpoint = "/Microsoft-Server-ActiveSync";
const device = "&User=zoe&DeviceId=STATUS1&DeviceType=Contract";
const basic = (password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

interface Exchanged {
  readonly version?: string;
  readonly options?: Partial<DirectPushOptions>;
  readonly command?: string;
  readonly document?: WbxmlElement;
  readonly changes?: Partial<WireRequest>;
  readonly headers?: Readonly<Record<string, string>>;
}

async function exchange(wish: Exchanged): Promise<WireAnswer> {
  if (nodeHttp === undefined) throw new Error("There is no host");
  // The set-up of the account has to pass: what a test is about begins after it.
  let isSetUp = false;
  const { authorizeDevice, authenticate, ...others } = wish.options ?? {};
  const mounted = await mount(nodeHttp, {
    ...others,
    authorizeDevice: async (who) => (isSetUp ? await authorizeDevice?.(who) : undefined) ?? { kind: "allow" },
    authenticate: async (attempt, request) =>
      isSetUp && authenticate !== undefined
        ? authenticate(attempt, request)
        : attempt.kind === "basic" && attempt.password === "secret"
          ? { kind: "user", user: attempt.user }
          : { kind: "refused" },
  });
  isSetUp = true;
  open.push(mounted);
  const { command = "FolderSync", document, version = "16.1" } = wish;
  const request = await mounted.request(command, document, {
    path: `${endpoint}?Cmd=${command}${device}`,
    headers: {
      authorization: basic("secret"),
      "ms-asprotocolversion": version,
      "content-type": "application/vnd.ms-sync.wbxml",
      connection: "close",
      ...wish.headers,
    },
    ...wish.changes,
  });
  return within("the answer", request.answer);
}

/** Nothing follows the head: no byte, no chunk, no type of what is not there. */
function expectNothing(answer: WireAnswer, status: number): void {
  expect(answer.status).toBe(status);
  expect(answer.body.length).toBe(0);
  expect(answer.headers["content-length"]).toBe("0");
  expect(answer.headers["transfer-encoding"]).toBeUndefined();
  expect(answer.headers["content-type"]).toBeUndefined();
}

function expectStatus(answer: WireAnswer, status: string): void {
  expect(answer.status).toBe(200);
  expect(answer.headers["content-type"]).toBe("application/vnd.ms-sync.wbxml");
  expect(answer.headers["content-length"]).toBe(String(answer.body.length));
  const document = decode(answer.body);
  expect(document.tag).toBe(FolderHierarchy.FolderSync);
  expect(childText(document, FolderHierarchy.Status)).toBe(status);
}

const versions = ["12.1", "14.1", "16.1"] as const;
const refuse: NonNullable<DirectPushOptions["authorizeDevice"]> = async () => ({
  kind: "block",
  reason: "x",
});
const quarantine: NonNullable<DirectPushOptions["authorizeDevice"]> = async () => ({
  kind: "quarantine",
  reason: "x",
});

describe.each(versions)("to a phone of version %s", (version) => {
  it.each<[string, number, Exchanged, Readonly<Record<string, string>>]>([
    ["a query of nothing", 400, { changes: { path: `${endpoint}?x` } }, {}],
    ["no query", 400, { changes: { path: endpoint } }, {}],
    [
      "a wrong password",
      401,
      { headers: { authorization: basic("wrong") } },
      { "www-authenticate": 'Basic realm="Direct Push"' },
    ],
    ["another path", 404, { changes: { path: "/mail" } }, {}],
    ["another method", 405, { changes: { method: "PUT" } }, { allow: "OPTIONS,POST" }],
    ["a body above the limit", 413, { options: { limits: { maxBodyBytes: 4 } }, document: folderSync }, {}],
    [
      "a body that inflates above the limit",
      413,
      {
        options: { limits: { maxBodyBytes: 100 } },
        changes: { body: gzipSync(Buffer.alloc(101)) },
        headers: { "content-encoding": "gzip" },
      },
      {},
    ],
    [
      "another encoding",
      415,
      { document: folderSync, headers: { "content-encoding": "br" } },
      { "accept-encoding": "gzip" },
    ],
    [
      "a user of another server",
      451,
      {
        options: {
          authenticate: async () => ({ kind: "moved", url: "https://b.example/Microsoft-Server-ActiveSync" }),
        },
      },
      { "x-ms-location": "https://b.example/Microsoft-Server-ActiveSync" },
    ],
    ["a command of no name", 501, { command: "Nonsense" }, {}],
    ["a command without WBXML", 501, { command: "GetHierarchy" }, {}],
    [
      "a directory that is down",
      503,
      { options: { authenticate: async () => Promise.reject(new Error("down")) } },
      { "retry-after": "30" },
    ],
  ])("%s is %d without a body", async (_, status, wish, headers) => {
    const answer = await exchange({ ...wish, version, headers: { ...wish.headers } });
    expectNothing(answer, status);
    expect(answer.headers).toMatchObject(headers);
  });

  it.each<[string, string, number, Exchanged]>([
    ["no body where one is needed", "101", 400, {}],
    ["a body that is no WBXML", "102", 400, { changes: { body: Buffer.from("<x/>") } }],
    [
      "a missing device id",
      "108",
      400,
      { document: folderSync, changes: { path: `${endpoint}?Cmd=FolderSync&User=a&DeviceType=b` } },
    ],
    ["a blocked device", "129", 403, { document: folderSync, options: { authorizeDevice: refuse } }],
    [
      "a device in quarantine",
      "129",
      403,
      { document: folderSync, options: { authorizeDevice: quarantine } },
    ],
    [
      "a version that the hook excludes",
      "138",
      400,
      {
        document: folderSync,
        options: { versions: ({ deviceId }) => (deviceId === "STATUS1" ? [] : ["16.1"]) },
      },
    ],
    [
      "no policy key where one is enforced",
      "141",
      449,
      { document: folderSync, options: { policy: { enforce: true } } },
    ],
    [
      "policy key 0 where one is enforced",
      "142",
      449,
      { document: folderSync, options: { policy: { enforce: true } }, headers: { "x-ms-policykey": "0" } },
    ],
    [
      "a wrong policy key",
      "144",
      449,
      { document: folderSync, options: { policy: { enforce: true } }, headers: { "x-ms-policykey": "7" } },
    ],
  ])("%s is Status %s, or HTTP %d", async (_, status, http, wish) => {
    const answer = await exchange({ ...wish, version });
    if (version === "12.1") expectNothing(answer, http);
    else expectStatus(answer, status);
  });

  it("a command that is not there is Status 137, or HTTP 501", async () => {
    const answer = await exchange({ command: "SendMail", version });
    if (version === "12.1") expectNothing(answer, 501);
    else expect(answer.status).toBe(200);
  });

  it("a gzipped body is read", async () => {
    const body = gzipSync(encode(folderSync));
    expectStatus(
      await exchange({ changes: { body }, headers: { "content-encoding": "gzip" }, version }),
      "1",
    );
  });
});

it.each([
  ["1.0", 505],
  ["2.5", 400],
  ["12.0", 400],
])("version %s is refused with %d and nothing else", async (version, status) => {
  expectNothing(await exchange({ document: folderSync, version }), status);
});
