import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mailSyncResponse } from "../../bench/codec-document.js";
import { codePages } from "../../src/wbxml/code-pages/code-pages.js";
import { AirSync, decode, encode, tagName, type WbxmlElement } from "../../src/wbxml/index.js";
import { elementOf, specVectors } from "../fixtures/wbxml/vectors.js";
import { programIsThere } from "./required-program.js";

const doctype =
  '<?xml version="1.0"?><!DOCTYPE ActiveSync PUBLIC "-//MICROSOFT//DTD ActiveSync//EN" "http://www.microsoft.com/">';

/** libwbxml has no code page 25. */
const documents: readonly (readonly [string, WbxmlElement])[] = [
  ...specVectors()
    .filter(({ name }) => name !== "N1")
    .map(({ name, title, document }) => [`${name}: ${title}`, elementOf(document)] as const),
  ["a Sync response of 50 mails", mailSyncResponse(50)],
  ["text with markup and white space", { tag: AirSync.SyncKey, content: " <&>\"'\r\n\t]]> é ✉ \u{1f4ec} " }],
];

describe.skipIf(!programIsThere("wbxml2xml", "libwbxml2-utils"))("libwbxml", () => {
  let folder = "";

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "wbxml-"));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(documents)("reads what we write: %s", (_, document) => {
    expect(wbxmlToXml(encode(document))).toBe(doctype + xml(document, undefined));
  });

  it.each(documents)("writes the same bytes: %s", (_, document) => {
    expect(xmlToWbxml(document, ["-a", "-n"])).toEqual(Buffer.from(encode(document)));
  });

  it("writes string tables that we read", () => {
    const document = mailSyncResponse(5);
    const withTable = xmlToWbxml(document, ["-a"]);
    expect(withTable[3]).toBeGreaterThan(0);
    expect(decode(withTable)).toEqual(document);
    expect(() => decode(withTable, { strict: true })).toThrow(
      expect.objectContaining({ code: "ERR_WBXML_STRING_TABLE" }),
    );
  });

  it("knows all tags by the same names, its own spellings aside", () => {
    const tags = codePages.flatMap((page) => Object.values(page.tags));
    const document = { tag: AirSync.Sync, content: tags.map((tag) => ({ tag, content: null })) };
    const found = wbxmlToXml(encode(document)).matchAll(/<([\w-]+)(?: xmlns="(\w+):")?\/>/g);
    const names = Array.from(found, ([, name = "", page]) =>
      name === "unknown" ? name : `${page ?? "AirSync"}:${name}`,
    );
    expect(names.map(comparable)).toEqual(tags.map((tag) => comparable(spelledByLibwbxml(tagName(tag)))));
  });

  function wbxmlToXml(document: Uint8Array): string {
    const file = join(folder, "document.wbxml");
    writeFileSync(file, document);
    const options: ExecFileSyncOptionsWithStringEncoding = {
      encoding: "utf8",
      maxBuffer: 1 << 24,
      stdio: ["ignore", "pipe", "ignore"],
    };
    return execFileSync("wbxml2xml", ["-l", "ACTIVESYNC", "-m", "0", "-k", "-o", "-", file], options);
  }

  function xmlToWbxml(document: WbxmlElement, options: readonly string[]): Buffer {
    const file = join(folder, "document.xml");
    // An XML parser takes a carriage return for part of a line's end unless it is a character reference.
    writeFileSync(file, doctype + xml(document, undefined).replaceAll("\r", "&#13;"));
    return execFileSync("xml2wbxml", [...options, "-k", "-o", "-", file], {
      stdio: ["ignore", "pipe", "ignore"],
    });
  }
});

/** XML as libwbxml prints it: a namespace where it changes, byte arrays in base64. */
function xml({ tag, content }: WbxmlElement, page: number | undefined): string {
  const [namespace, name] = spelledByLibwbxml(tagName(tag)).split(":");
  const start = tag >> 8 === page ? name : `${name} xmlns="${namespace}:"`;
  if (content === null) return `<${start}/>`;
  return `<${start}>${xmlContent(content, tag >> 8)}</${name}>`;
}

function xmlContent(content: NonNullable<WbxmlElement["content"]>, page: number): string {
  if (content instanceof Uint8Array) return Buffer.from(content).toString("base64");
  if (typeof content === "string")
    return content.replace(/[&<>"']/g, (character) => entities[character] ?? "");
  return content.map((child) => xml(child, page)).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Names without the prefixes and in the case that libwbxml has its own way with. */
function comparable(name: string): string {
  return name
    .replace(/:(Recurrence|Attendee|Exception|Organizer)_?(?=[A-Z])/, ":")
    .replace("-", "")
    .toLowerCase();
}

/** libwbxml follows older schemas and has a typing error; it knows neither page 25 nor the latest tags of others. */
const libwbxmlSpelling: Readonly<Record<string, string>> = {
  "Contacts:AssistantPhoneNumber": "Contacts:AssistantTelephoneNumber",
  "Email:Att0id": "Email:AttOId",
  "Email:Status": "Email:FlagStatus",
  "MeetingResponse:ProposedStartTime": "unknown",
  "MeetingResponse:ProposedEndTime": "unknown",
  "Provision:AccountOnlyRemoteWipe": "unknown",
  "Provision:RequireStorageCardEncryption": "Provision:DeviceEncryptionEnabled",
  "Settings:RightsManagementInformation": "Settings:ihsManagementInformation",
  "ComposeMail:Mime": "ComposeMail:MIME",
  "ComposeMail:Name": "ComposeMail:ForwardeeName",
  "ComposeMail:Email": "ComposeMail:ForwardeeEmail",
  "RightsManagement:Owner": "RightsManagement:RMOwner",
  "RightsManagement:RemoveRightsManagementProtection": "RightsManagement:RemoveRightsManagementDistribution",
};

function spelledByLibwbxml(name: string): string {
  if (name.startsWith("Find:")) return "unknown";
  return (
    libwbxmlSpelling[name] ??
    name.replace(/^(Contacts:(?:Business|Home|Other))Address(?=City|Country|PostalCode|State|Street)/, "$1")
  );
}
