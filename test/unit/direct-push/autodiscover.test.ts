import { describe, expect, it } from "vitest";
import { readXml, type XmlElement } from "../../../src/http/xml-document.js";
import {
  createDirectPush,
  type DirectPushOptions,
  type EasRequest,
  type MailboxUserInformation,
} from "../../../src/index.js";
import { FakeClock, MemoryMailbox } from "../../../src/testing/index.js";

const url = "https://mail.example.com/Microsoft-Server-ActiveSync";
const xmlPath = "/autodiscover/autodiscover.xml";
const responseSchema = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006";

const requestXml = (address: string, schema = responseSchema): string =>
  `<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/mobilesync/requestschema/2006"><Request><EMailAddress>${address}</EMailAddress><AcceptableResponseSchema>${schema}</AcceptableResponseSchema></Request></Autodiscover>`;

type Sent = Partial<Omit<EasRequest, "body">> & {
  readonly login?: string;
  readonly body?: string | Uint8Array;
};

function setUp(
  options: Partial<DirectPushOptions> = {},
  userInformation?: MailboxUserInformation["userInformation"],
) {
  const clock = new FakeClock();
  const mailbox = new MemoryMailbox({ clock });
  if (userInformation !== undefined) mailbox.userInformation = userInformation;
  const directPush = createDirectPush({
    mailbox,
    source: mailbox,
    clock,
    autodiscover: { url },
    authenticate: async (attempt) =>
      attempt.kind === "basic" && attempt.password === "secret"
        ? { kind: "user", user: attempt.user }
        : { kind: "refused" },
    ...options,
  });
  const send = async ({ login = "alice@example.com", body = "", ...sent }: Sent = {}) => {
    const answer = await directPush.handle({
      method: "POST",
      url: xmlPath,
      headers: login === "" ? {} : { authorization: `Basic ${btoa(`${login}:secret`)}` },
      body: typeof body === "string" ? Buffer.from(body) : body,
      remoteAddress: undefined,
      raw: undefined,
      ...sent,
    });
    if (answer.body !== null && !(answer.body instanceof Uint8Array)) throw new Error("a stream");
    return { ...answer, text: Buffer.from(answer.body ?? []).toString("utf8") };
  };
  const get = (path: string) => send({ method: "GET", url: path, login: "" });
  return { clock, mailbox, directPush, send, get };
}

/** The texts of a document by the path to them. */
function textsOf(document: string): Record<string, string> {
  const texts: Record<string, string> = {};
  const walk = ({ name, text, children }: XmlElement, above: string): void => {
    const path = `${above}/${name}`;
    if (children.length === 0) texts[path.replace("/Autodiscover/Response/", "")] = text;
    for (const child of children) walk(child, path);
  };
  const root = readXml(document);
  if (root !== undefined) walk(root, "");
  return texts;
}

const found = {
  Culture: "en:us",
  "User/EMailAddress": "alice@example.com",
  "Action/Settings/Server/Type": "MobileSync",
  "Action/Settings/Server/Url": url,
  "Action/Settings/Server/Name": url,
};

describe("Autodiscover in XML", () => {
  it("tells the endpoint to the user", async () => {
    const { send } = setUp();
    const answer = await send({ body: requestXml("alice@example.com") });
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe("text/xml; charset=utf-8");
    expect(answer.headers["content-length"]).toBe(String(Buffer.byteLength(answer.text)));
    expect(textsOf(answer.text)).toEqual(found);
    expect(answer.text).toContain(`<Response xmlns="${responseSchema}">`);
  });

  it("takes the login for the address when there is no body", async () => {
    const { send } = setUp();
    expect(textsOf((await send()).text)).toEqual(found);
  });

  it("tells name and primary address, escaped", async () => {
    const { send } = setUp({}, async () => ({
      addresses: ["o'a@example.com", "b@example.com"],
      displayName: "A <&> B",
    }));
    const texts = textsOf((await send({ body: requestXml("b@example.com") })).text);
    expect(texts).toMatchObject({ "User/DisplayName": "A <&> B", "User/EMailAddress": "o'a@example.com" });
  });

  it("asks for the endpoint of the user's own addresses alone", async () => {
    const asked: string[] = [];
    const urlOf = async (address: string): Promise<string | undefined> => {
      asked.push(address);
      return address.endsWith("@b.example") ? "https://b.example/Microsoft-Server-ActiveSync" : undefined;
    };
    const { send } = setUp({ autodiscover: { url, urlOf } }, async () => ({
      addresses: ["a@a.example", "a@b.example"],
    }));
    const own = textsOf((await send({ body: requestXml("A@b.example") })).text);
    expect(own["Action/Settings/Server/Url"]).toBe("https://b.example/Microsoft-Server-ActiveSync");
    const other = textsOf((await send({ body: requestXml("bob@b.example") })).text);
    expect(other).toEqual({
      Culture: "en:us",
      "User/EMailAddress": "a@a.example",
      "Action/Error/Status": "2",
      "Action/Error/Message": "The address is not served here",
      "Action/Error/DebugData": "MailUser",
    });
    expect(asked).toEqual(["A@b.example", "a@a.example"]);
  });

  it("answers 601 to a request for other settings", async () => {
    const { send, clock } = setUp();
    const schema = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";
    const answer = await send({ body: requestXml("alice@example.com", schema) });
    expect(answer.status).toBe(200);
    expect(textsOf(answer.text)).toEqual({
      "Error/ErrorCode": "601",
      "Error/Message": "Provider is not available",
      "Error/DebugData": "",
    });
    const time = new Date(clock.now()).toISOString().slice(11, 23);
    expect(answer.text).toContain(`<Error Time="${time}" Id="1">`);
  });

  it.each([
    ["no XML", "Hello"],
    ["another document", "<Other/>"],
    ["no request", "<Autodiscover/>"],
    ["no address", requestXml("")],
    ["an address that is none", requestXml("alice")],
    ["no schema", "<Autodiscover><Request><EMailAddress>a@b</EMailAddress></Request></Autodiscover>"],
    ["an entity", `<!DOCTYPE a [<!ENTITY e "a">]>${requestXml("&e;@example.com")}`],
    ["bytes that are no UTF-8", new Uint8Array([0xff, 0xfe])],
  ])("answers 600 to %s", async (_, body) => {
    const { send } = setUp();
    expect(textsOf((await send({ body })).text)["Error/ErrorCode"]).toBe("600");
  });

  it("answers 600 when nothing tells the address", async () => {
    const { send } = setUp({}, async () => ({ addresses: [] }));
    expect(textsOf((await send({ login: "alice" })).text)["Error/ErrorCode"]).toBe("600");
  });

  it("asks for the password, and refuses what is too long", async () => {
    const { send } = setUp();
    const refused = await send({ login: "", body: requestXml("alice@example.com") });
    expect(refused).toMatchObject({ status: 401, text: "" });
    expect(refused.headers["www-authenticate"]).toMatch(/^Basic /);
    expect((await send({ body: "x".repeat(65_537) })).status).toBe(413);
    expect((await send({ method: "PUT" })).status).toBe(405);
  });

  it("sends a request without TLS to TLS, whoever asks", async () => {
    const { get } = setUp();
    const answer = await get("/Autodiscover/Autodiscover.xml");
    expect(answer).toMatchObject({ status: 302, text: "" });
    expect(answer.headers["location"]).toBe("https://mail.example.com/autodiscover/autodiscover.xml");
  });

  it.each<[string, Sent]>([
    ["the host", { secure: true }],
    ["the URL", { url: `https://mail.example.com${xmlPath}` }],
    ["a proxy", { headers: { "x-forwarded-proto": "https", authorization: `Basic ${btoa("a@b:secret")}` } }],
  ])("does not redirect what %s says came over TLS", async (_, sent) => {
    const { send } = setUp();
    const answer = await send({ method: "GET", ...sent });
    expect(answer.status).toBe(200);
    expect(textsOf(answer.text)["Error/ErrorCode"]).toBe("600");
  });

  it("says when to come back while the mailbox or the hook is down, and that it is nobody's fault", async () => {
    const { send, mailbox } = setUp();
    mailbox.faults.failWith(new Error("down"));
    expect(await send({ body: requestXml("alice@example.com") })).toMatchObject({ status: 503 });
    const urlOf = async (): Promise<string> => {
      throw new Error("down");
    };
    const down = setUp({ autodiscover: { url, urlOf } });
    expect(await down.send()).toMatchObject({ status: 503 });
    const wrong = setUp({ autodiscover: { url, urlOf: async () => "http://mail.example.com/" } });
    expect(await wrong.send()).toMatchObject({ status: 500 });
  });
});

describe("Autodiscover in JSON", () => {
  it.each([
    "/autodiscover/autodiscover.json?Email=alice%40example.com&Protocol=ActiveSync&RedirectCount=1",
    "/Autodiscover/AutoDiscover.json?email=alice+phone@example.com&protocol=activesync",
    "/autodiscover/autodiscover.json/v1.0/alice%40example.com?Protocol=ActiveSync",
  ])("tells strangers the endpoint: %s", async (path) => {
    const { get } = setUp();
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(JSON.parse(answer.text)).toEqual({ Protocol: "ActiveSync", Url: url });
  });

  it("tells where the XML form is", async () => {
    const { get } = setUp();
    const answer = await get("/autodiscover/autodiscover.json/v1.0/a@b?Protocol=AutodiscoverV1");
    expect(JSON.parse(answer.text)).toEqual({
      Protocol: "AutodiscoverV1",
      Url: "https://mail.example.com/autodiscover/autodiscover.xml",
    });
  });

  it.each([
    [400, "MandatoryParameterMissing", "?Protocol=ActiveSync"],
    [400, "MandatoryParameterMissing", "?Email=alice&Protocol=ActiveSync"],
    [400, "MandatoryParameterMissing", "/v1.0/%E0%A4%A?Protocol=ActiveSync"],
    [400, "InvalidProtocol", "?Email=a@b"],
    [400, "InvalidProtocol", "?Email=a@b&Protocol=Ews"],
    [404, "UserNotFound", "?Email=a@b&Protocol=ActiveSync"],
  ])("answers %i %s to %s", async (status, code, rest) => {
    const { get } = setUp({ autodiscover: { url, urlOf: async () => undefined } });
    const answer = await get(`/autodiscover/autodiscover.json${rest}`);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ ErrorCode: code });
  });

  it("answers GET alone", async () => {
    const { send } = setUp();
    expect((await send({ url: "/autodiscover/autodiscover.json" })).status).toBe(405);
  });
});

describe("the option autodiscover", () => {
  it("leaves the paths alone without it", async () => {
    const { get, directPush } = setUp({ autodiscover: undefined as never });
    expect((await get(xmlPath)).status).toBe(404);
    expect(directPush.answers(xmlPath)).toBe(false);
    expect(directPush.answers("/Microsoft-Server-ActiveSync?Cmd=Ping")).toBe(true);
  });

  it("counts them as the server's with it", () => {
    const { directPush } = setUp();
    expect(directPush.answers(`${xmlPath}?x`)).toBe(true);
    expect(directPush.answers("https://a/autodiscover/autodiscover.json/v1.0/a@b?Protocol=x")).toBe(true);
    expect(directPush.answers("/mail")).toBe(false);
  });

  it.each([
    "http://mail.example.com/Microsoft-Server-ActiveSync",
    "https://mail.example.com/",
    "https://mail.example.com/Microsoft-Server-ActiveSync?x",
    "https://a:b@mail.example.com/Microsoft-Server-ActiveSync",
    "mail.example.com/Microsoft-Server-ActiveSync",
  ])("refuses the URL %s", (wrong) => {
    expect(() => setUp({ autodiscover: { url: wrong } })).toThrow(/autodiscover\.url must be an https URL/);
  });

  it("takes http on this machine", () => {
    expect(() =>
      setUp({ autodiscover: { url: "http://127.0.0.1:8080/Microsoft-Server-ActiveSync" } }),
    ).not.toThrow();
  });
});
