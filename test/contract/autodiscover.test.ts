/** A phone that knows an e-mail address and a password finds the server, on every host. */
import { afterEach, describe, expect, it } from "vitest";
import { type Mounted, mount, user } from "./bench-of-one.js";
import { within } from "./deadline.js";
import { type Host, hosts } from "./hosts.js";
import type { WireAnswer, WireRequest } from "./wire.js";

const url = "https://mail.example.com/Microsoft-Server-ActiveSync";
const authorization = `Basic ${Buffer.from(`${user}:secret`).toString("base64")}`;
const schemas = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync";
const requestXml = `<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="${schemas}/requestschema/2006"><Request>
<EMailAddress>${user}</EMailAddress>
<AcceptableResponseSchema>${schemas}/responseschema/2006</AcceptableResponseSchema>
</Request></Autodiscover>`;

const post = (path: string): WireRequest => ({
  path,
  headers: { authorization, "content-type": "text/xml", "accept-encoding": "gzip" },
  body: Buffer.from(requestXml),
});
const get = (path: string): WireRequest => ({ method: "GET", path });

describe.each(hosts.map((host) => [host.name, host] as const))("Autodiscover on %s", (_name, host: Host) => {
  const open: Mounted[] = [];

  async function mounted(isOn = true): Promise<Mounted> {
    const made = await mount(host, isOn ? { autodiscover: { url } } : {});
    open.push(made);
    return made;
  }

  async function ask({ request }: Mounted, wanted: WireRequest): Promise<WireAnswer> {
    return await within("the answer", (await request("", undefined, { headers: {}, ...wanted })).answer);
  }

  afterEach(async () => {
    for (const one of open.splice(0)) await within("the host to close", one.host.close());
  });

  it("tells a phone the endpoint in each form, and is there", async () => {
    const server = await mounted();
    const json = encodeURIComponent(user);
    const forms: readonly [WireRequest, (answer: WireAnswer) => string | undefined][] = [
      [post("/autodiscover/autodiscover.xml"), urlInXml],
      [post("/Autodiscover/Autodiscover.xml"), urlInXml],
      [get(`/autodiscover/autodiscover.json?Email=${json}&Protocol=ActiveSync&RedirectCount=1`), urlInJson],
      [get(`/Autodiscover/Autodiscover.json/v1.0/${json}?Protocol=ActiveSync`), urlInJson],
    ];
    for (const [wanted, read] of forms) {
      const answer = await ask(server, wanted);
      expect([wanted.path, answer.status, read(answer)]).toEqual([wanted.path, 200, url]);
    }
    const options = await ask(server, {
      method: "OPTIONS",
      path: new URL(url).pathname,
      headers: { authorization },
    });
    expect(options.headers["ms-asprotocolversions"]).toContain("16.1");
  });

  it("sends a phone that came without TLS there, and no other", async () => {
    const server = await mounted();
    const answer = await ask(server, get("/autodiscover/autodiscover.xml"));
    if (server.host.protocol === "http") {
      expect(answer.status).toBe(302);
      expect(answer.headers["location"]).toBe("https://mail.example.com/autodiscover/autodiscover.xml");
    } else expect(answer.status).toBe(401);
  });

  it("asks for the password before it tells anything of a user", async () => {
    const answer = await ask(await mounted(), { ...post("/autodiscover/autodiscover.xml"), headers: {} });
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toMatch(/^Basic /);
  });

  it("leaves the paths to others when it is off", async () => {
    const server = await mounted(false);
    for (const path of ["/autodiscover/autodiscover.xml", "/autodiscover/autodiscover.json?Email=a@b"]) {
      expect((await ask(server, get(path))).status).toBe(404);
    }
  });
});

function urlInXml({ body }: WireAnswer): string | undefined {
  return /<Type>MobileSync<\/Type><Url>([^<]*)<\/Url>/.exec(body.toString())?.[1];
}

function urlInJson({ body }: WireAnswer): string | undefined {
  return (JSON.parse(body.toString()) as { Url?: string }).Url;
}
