import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { codePages } from "../../src/wbxml/code-pages/code-pages.js";
import { AirSync, encode, type Tag, tagName, type WbxmlElement } from "../../src/wbxml/index.js";
import { elementOf, specVectors } from "../fixtures/wbxml/vectors.js";
import { programIsThere } from "./required-program.js";

/** Of an ActiveSync document tshark tells code page, token, name, text and the number of opaque bytes. It has no page 25. */
const tokenLine =
  /^ +\d* \| Tag +\| T +(\d+) +\| +(?:Known Tag|Tag) 0x(\w\w) +\(\.[.C]\) \| +<(.*?)(?: \/)?>$/;
const contentLine =
  /^ +\d+ \| Tag +\| T +\d+ +\| (?:STR_I|OPAQUE).*?\| +(?:'(.*)'|\((\d+) bytes of opaque data\))$/;
const endLine = /^ +\d+ \| Tag +\| T +\d+ +\| END .*?\| +<\/(.*)>$/;

const vectors = specVectors().filter(({ name }) => name !== "N1");

describe.skipIf(!programIsThere("tshark", "tshark"))("tshark's WBXML dissector", () => {
  it.each(vectors)("reads what we write: $name: $title", ({ document }) => {
    const element = elementOf(document);
    expect(dissected(encode(element)).map(eventOf)).toEqual(events(element));
  });

  it("knows all tags by the same names, its own spellings and gaps aside", () => {
    const tags = codePages.flatMap((page) => Object.values(page.tags));
    const document = { tag: AirSync.Sync, content: tags.map((tag) => ({ tag, content: null })) };
    const found = dissected(encode(document))
      .flatMap((line) => tagLine(line) ?? [])
      .slice(1);
    expect(found.map(({ tag }) => tag)).toEqual(tags);
    const named = found.filter(({ name }) => !name.includes("not defined"));
    expect(named.length).toBeGreaterThan(500);
    for (const { tag, name } of named) {
      expect(comparable(name), tagName(tag)).toBe(comparable(spelledByTshark(tagName(tag))));
    }
  });
});

/** The lines of tshark's account of a document that was posted over HTTP. */
function dissected(document: Uint8Array): string[] {
  const folder = mkdtempSync(join(tmpdir(), "wbxml-"));
  try {
    const head = `POST /Microsoft-Server-ActiveSync?Cmd=Sync HTTP/1.1\r\nHost: mail.example.org\r\nContent-Type: application/vnd.ms-sync.wbxml\r\nContent-Length: ${document.length}\r\n\r\n`;
    const text = join(folder, "request.txt");
    const capture = join(folder, "request.pcap");
    writeFileSync(text, hexDump(Buffer.concat([Buffer.from(head), document])));
    execFileSync("text2pcap", ["-q", "-T", "40000,80", text, capture], { stdio: "ignore" });
    const options: ExecFileSyncOptionsWithStringEncoding = {
      encoding: "utf8",
      maxBuffer: 1 << 24,
      stdio: ["ignore", "pipe", "ignore"],
    };
    return execFileSync("tshark", ["-r", capture, "-V", "-O", "wbxml"], options).split("\n").filter(isEvent);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function hexDump(bytes: Buffer): string {
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += 16) {
    const octets = bytes
      .subarray(offset, offset + 16)
      .toString("hex")
      .replace(/..(?=.)/g, "$& ");
    lines.push(`${offset.toString(16).padStart(6, "0")} ${octets}\n`);
  }
  return lines.join("");
}

function isEvent(line: string): boolean {
  return tokenLine.test(line) || contentLine.test(line) || endLine.test(line);
}

function tagLine(line: string): { readonly tag: Tag; readonly name: string } | undefined {
  const [, page, token = "", name = ""] = tokenLine.exec(line) ?? [];
  return page === undefined ? undefined : { tag: Number(page) * 256 + Number.parseInt(token, 16), name };
}

function eventOf(line: string): string {
  const start = tagLine(line);
  if (start !== undefined) return `start ${start.tag} ${comparable(start.name)}`;
  const [, text, opaqueBytes] = contentLine.exec(line) ?? [];
  if (text !== undefined) return `text ${text}`;
  if (opaqueBytes !== undefined) return `bytes ${opaqueBytes}`;
  return `end ${comparable(endLine.exec(line)?.[1] ?? "")}`;
}

function events({ tag, content }: WbxmlElement): string[] {
  const name = comparable(spelledByTshark(tagName(tag)));
  const start = `start ${tag} ${name}`;
  if (content === null) return [start];
  const end = `end ${name}`;
  if (typeof content === "string") return [start, `text ${content}`, end];
  if (content instanceof Uint8Array) return [start, `bytes ${content.length}`, end];
  return [start, ...content.flatMap(events), end];
}

/** Names without the prefixes and in the case that tshark has its own way with. */
function comparable(name: string): string {
  return name.replace(/^(Recurrence|Attendee|Exception|Organizer)_?(?=[A-Z])/, "").toLowerCase();
}

/** tshark follows older schemas and has errors of its own, among them three pairs of names that are one token off. */
const tsharkSpelling: Readonly<Record<string, string>> = {
  "Contacts:AssistantPhoneNumber": "AssistantTelephoneNumber",
  "Contacts:LastName": "JobTitle",
  "Email:ResponseRequested": "ResponseRequest",
  "Email:Status": "FlagStatus",
  "Tasks:UtcDueDate": "DueDate",
  "Provision:RequireStorageCardEncryption": "DeviceEncryptionEnabled",
  "AirSyncBase:BodyPartPreference": "BodyPartReference",
  "DocumentLibrary:LastModifiedDate": "CreationDate",
  "DocumentLibrary:IsHidden": "LastModifiedDate",
  "RightsManagement:Owner": "RMOwner",
  "RightsManagement:RemoveRightsManagementProtection": "RemoveRightsManagementDistribution",
};

function spelledByTshark(name: string): string {
  const spelled = tsharkSpelling[name] ?? name.slice(name.indexOf(":") + 1);
  return spelled.replace(/^(Business|Home|Other)Address(?=City|Country|PostalCode|State|Street)/, "$1");
}
