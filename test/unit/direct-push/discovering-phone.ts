import type { DirectPush, EasResponse } from "../../../src/index.js";

/** What a name stands for: who answers there, over TLS and without it. */
export interface NamedHost {
  readonly https?: DirectPush;
  readonly http?: DirectPush;
}

/** An account as its owner types it. */
export interface Account {
  readonly address: string;
  readonly password: string;
}

/** The names that there are; a request to another one fails as a look-up does. */
export type Names = Readonly<Record<string, NamedHost>>;

const schemas = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync";

/**
 * Finds the endpoint as phones do that ask in XML ([MS-ASCMD] 2.2.1.1, [MS-OXDISCO] 3.1.5): the domain, `autodiscover.` before it, then the
 * redirect of the latter's port 80. The password is never sent without TLS. Undefined when nobody tells.
 */
export async function discoverInXml(names: Names, account: Account): Promise<string | undefined> {
  const domain = account.address.split("@")[1] ?? "";
  for (const host of [domain, `autodiscover.${domain}`]) {
    const url = await postXml(names, `https://${host}/autodiscover/autodiscover.xml`, account);
    if (url !== undefined) return url;
  }
  const redirect = await send(names, "GET", `http://autodiscover.${domain}/autodiscover/autodiscover.xml`);
  const location = redirect?.status === 302 ? redirect.headers["location"] : undefined;
  return location?.startsWith("https:") ? await postXml(names, location, account) : undefined;
}

/** Finds the endpoint as phones do that ask in JSON, in one of its two forms; or where XML is asked. */
export async function discoverInJson(
  names: Names,
  { address }: Pick<Account, "address">,
  form: "query" | "path",
  protocol: "ActiveSync" | "AutodiscoverV1" = "ActiveSync",
): Promise<string | undefined> {
  const domain = address.split("@")[1] ?? "";
  const name = encodeURIComponent(address);
  const path = form === "path" ? `/v1.0/${name}?` : `?Email=${name}&RedirectCount=1&`;
  for (const host of [domain, `autodiscover.${domain}`]) {
    const url = `https://${host}/autodiscover/autodiscover.json${path}Protocol=${protocol}`;
    const answer = await send(names, "GET", url);
    if (answer?.status === 200) return (JSON.parse(textOf(answer)) as { Url?: string }).Url;
  }
  return undefined;
}

/** Asks one URL in XML. */
export async function postXml(
  names: Names,
  url: string,
  { address, password }: Account,
): Promise<string | undefined> {
  const body = `<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="${schemas}/requestschema/2006"><Request><EMailAddress>${address}</EMailAddress><AcceptableResponseSchema>${schemas}/responseschema/2006</AcceptableResponseSchema></Request></Autodiscover>`;
  const authorization = `Basic ${Buffer.from(`${address}:${password}`).toString("base64")}`;
  const answer = await send(names, "POST", url, { authorization, "content-type": "text/xml" }, body);
  if (answer?.status !== 200) return undefined;
  return /<Server><Type>MobileSync<\/Type><Url>([^<]+)<\/Url>/.exec(textOf(answer))?.[1];
}

async function send(
  names: Names,
  method: string,
  to: string,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): Promise<EasResponse | undefined> {
  const { protocol, hostname, pathname, search } = new URL(to);
  const secure = protocol === "https:";
  const named = names[hostname];
  const server = secure ? named?.https : named?.http;
  return await server?.handle({
    method,
    url: pathname + search,
    headers: { host: hostname, ...headers },
    body: Buffer.from(body),
    remoteAddress: "192.0.2.1",
    secure,
    raw: undefined,
  });
}

function textOf({ body }: EasResponse): string {
  if (body !== null && !(body instanceof Uint8Array)) throw new Error("an answer that streams");
  return Buffer.from(body ?? []).toString("utf8");
}
