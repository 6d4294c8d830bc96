/** A phone that is told an e-mail address and a password, and nothing else, sets up the account. */
import { expect, it } from "vitest";
import { type AutodiscoverOptions, createDirectPush, type DirectPush } from "../../../src/index.js";
import { InProcessDevice, MemoryMailbox } from "../../../src/testing/index.js";
import { childText, FolderHierarchy } from "../../../src/wbxml/index.js";
import { discoverInJson, discoverInXml, type Names, postXml } from "./discovering-phone.js";

const account = { address: "alice@example.com", password: "secret" };
const here = "https://mail.example.com/Microsoft-Server-ActiveSync";
const elsewhere = "https://mail.example.net/Microsoft-Server-ActiveSync";

function server(autodiscover: AutodiscoverOptions | "off" = { url: here }): DirectPush {
  const mailbox = new MemoryMailbox();
  return createDirectPush({
    mailbox,
    source: mailbox,
    authenticate: async (attempt) =>
      attempt.kind === "basic" && attempt.password === "secret"
        ? { kind: "user", user: attempt.user }
        : { kind: "refused" },
    ...(autodiscover === "off" ? {} : { autodiscover }),
  });
}

/** The found endpoint is asked for the folder tree. */
async function expectAccountAt(names: Names, url: string | undefined): Promise<void> {
  expect(url).toBeDefined();
  const endpoint = names[new URL(url ?? "").hostname]?.https;
  if (endpoint === undefined) throw new Error(`nobody answers at ${url}`);
  const phone = new InProcessDevice(endpoint, { user: account.address, password: account.password });
  expect((await phone.options()).status).toBe(200);
  expect(childText((await phone.folderSync()).document, FolderHierarchy.Status)).toBe("1");
}

const mail = server();
const website = server("off");

it.each<[string, Names]>([
  ["the domain itself", { "example.com": { https: mail } }],
  ["the name before it", { "autodiscover.example.com": { https: mail } }],
  [
    "the name before it, where the domain is a web site",
    { "example.com": { https: website }, "autodiscover.example.com": { https: mail } },
  ],
  ["the redirect of port 80", { "autodiscover.example.com": { http: mail } }],
])("in XML, by %s", async (_, some) => {
  const names = { ...some, "mail.example.com": { https: mail } };
  const url = await discoverInXml(names, account);
  expect(url).toBe(here);
  await expectAccountAt(names, url);
});

it.each(["query", "path"] as const)("in JSON, with the address in the %s", async (form) => {
  const names = { "autodiscover.example.com": { https: mail }, "mail.example.com": { https: mail } };
  const url = await discoverInJson(names, account, form);
  expect(url).toBe(here);
  await expectAccountAt(names, url);
});

it("in XML, whose place JSON tells", async () => {
  const names = { "autodiscover.example.com": { https: mail }, "mail.example.com": { https: mail } };
  const xml = await discoverInJson(names, account, "query", "AutodiscoverV1");
  await expectAccountAt(names, await postXml(names, xml ?? "", account));
});

it("at another server, which serves the domain", async () => {
  const other = server({ url: elsewhere });
  const urlOf = async (address: string): Promise<string | undefined> =>
    address.endsWith("@example.com") ? elsewhere : undefined;
  const names = {
    "autodiscover.example.com": { https: server({ url: here, urlOf }) },
    "mail.example.net": { https: other },
  };
  for (const url of [await discoverInXml(names, account), await discoverInJson(names, account, "path")]) {
    expect(url).toBe(elsewhere);
    await expectAccountAt(names, url);
  }
});

it("not with a wrong password, and not where it is off", async () => {
  const names = { "example.com": { https: mail, http: mail } };
  expect(await discoverInXml(names, { ...account, password: "wrong" })).toBeUndefined();
  const off = {
    "example.com": { https: website },
    "autodiscover.example.com": { https: website, http: website },
  };
  expect(await discoverInXml(off, account)).toBeUndefined();
  expect(await discoverInJson(off, account, "query")).toBeUndefined();
});
