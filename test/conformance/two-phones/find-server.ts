import { send, type WireAnswer } from "../../contract/wire.js";
import { type MailService, password } from "./mail-service.js";

/** In which form a phone asks for the server of an address. */
export type DiscoveryForm = "xml" | "xml-after-redirect" | "json";

const schemas = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync";

/**
 * Finds the endpoint from the address alone, over sockets: the domain first, then `autodiscover.` before it, as phones do ([MS-ASCMD] 2.2.1.1). The proxy
 * that takes the TLS off is played by its header.
 */
export async function findServer(
  service: MailService,
  address: string,
  form: DiscoveryForm,
): Promise<string> {
  const domain = address.split("@")[1] ?? "";
  for (const host of [domain, `autodiscover.${domain}`]) {
    const port = service.portOf(host);
    if (port === undefined) continue;
    const url =
      form === "json" ? await askInJson(port, host, address) : await askInXml(port, host, address, form);
    if (url !== undefined) return url;
  }
  throw new Error(`Nobody tells where ${address} is served`);
}

async function askInJson(port: number, host: string, address: string): Promise<string | undefined> {
  const path = `/autodiscover/autodiscover.json/v1.0/${encodeURIComponent(address)}?Protocol=ActiveSync`;
  const answer = await exchange(port, { method: "GET", path, headers: secure(host) });
  return answer.status === 200 ? (JSON.parse(answer.body.toString()) as { Url: string }).Url : undefined;
}

async function askInXml(
  port: number,
  host: string,
  address: string,
  form: "xml" | "xml-after-redirect",
): Promise<string | undefined> {
  const path = "/autodiscover/autodiscover.xml";
  if (form === "xml-after-redirect") {
    const redirect = await exchange(port, { method: "GET", path, headers: { host } });
    if (redirect.status !== 302 || redirect.headers["location"]?.endsWith(path) !== true) return undefined;
  }
  const body = `<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="${schemas}/requestschema/2006"><Request><EMailAddress>${address}</EMailAddress><AcceptableResponseSchema>${schemas}/responseschema/2006</AcceptableResponseSchema></Request></Autodiscover>`;
  const authorization = `Basic ${Buffer.from(`${address}:${password}`).toString("base64")}`;
  const headers = { ...secure(host), authorization, "content-type": "text/xml" };
  const answer = await exchange(port, { path, headers, body: Buffer.from(body) });
  return /<Url>([^<]+)<\/Url>/.exec(answer.body.toString())?.[1];
}

function secure(host: string): Readonly<Record<string, string>> {
  return { host, "x-forwarded-proto": "https" };
}

async function exchange(port: number, request: Parameters<typeof send>[1]): Promise<WireAnswer> {
  return await (await send({ port, protocol: "http" }, request)).answer;
}
