import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { codePages } from "../../../src/wbxml/code-pages/code-pages.js";
import { type TableVersion, tableVersions } from "../../../src/wbxml/code-pages/version-ranges.js";
import * as wbxml from "../../../src/wbxml/index.js";
import { isKnownTag, isTagInVersion, tagName, tagOf } from "../../../src/wbxml/index.js";

interface Page {
  readonly name: string;
  readonly tokens: Readonly<Record<string, string>>;
  readonly versions?: Readonly<Record<string, readonly string[]>>;
}

const root = fileURLToPath(new URL("../../../", import.meta.url));
const source = join(root, "test/fixtures/wbxml/codepages.json");
const pages = Object.entries(JSON.parse(readFileSync(source, "utf8")) as Record<string, Page>);
const listed = pages.flatMap(([number, page]) =>
  Object.entries(page.tokens).map(([token, value]) => ({
    name: `${page.name}:${token}`,
    tag: Number(number) * 256 + Number(value),
    versions: page.versions?.[token] ?? [],
  })),
);

it("has 26 pages with 608 tokens", () => {
  expect(codePages).toHaveLength(26);
  expect(codePages.map((page) => page.name)).toEqual(pages.map(([, page]) => page.name));
  expect(codePages.flatMap((page) => Object.keys(page.tags))).toHaveLength(608);
});

it("has the listed tags and no others, in both directions", () => {
  const built = codePages.flatMap((page) =>
    Object.entries(page.tags).map(([token, tag]) => [`${page.name}:${token}`, tag] as const),
  );
  expect(Object.fromEntries(built)).toEqual(Object.fromEntries(listed.map(({ name, tag }) => [name, tag])));
  for (const { name, tag } of listed) {
    expect(tagOf(name)).toBe(tag);
    expect(tagName(tag)).toBe(name);
    expect(isKnownTag(tag)).toBe(true);
  }
});

it("exports every page that has tokens by its name", () => {
  const exported: Readonly<Record<string, unknown>> = wbxml;
  for (const { name, tags } of codePages) {
    if (name !== "AirNotify") expect(exported[name], name).toBe(tags);
  }
});

it("knows which versions have a tag", () => {
  for (const { name, tag, versions } of listed) {
    const known = tableVersions.filter((version) => isTagInVersion(tag, version));
    expect(known, name).toEqual(versions as readonly TableVersion[]);
  }
  expect(isTagInVersion(0x003f, "16.1")).toBe(false);
});

it("names what is not listed by its numbers", () => {
  expect(tagName(0x003f)).toBe("AirSync:0x3F");
  expect(tagName(0x0305)).toBe("AirNotify:0x05");
  expect(tagName(0x4005)).toBe("0x40:0x05");
  expect(tagOf("AirSync:0x3F")).toBeUndefined();
  expect(tagOf("SyncKey")).toBeUndefined();
  expect(isKnownTag(0x003f)).toBe(false);
});

it("is what the generator writes", () => {
  const target = mkdtempSync(join(tmpdir(), "code-pages-"));
  try {
    execFileSync(process.execPath, [join(root, "scripts/generate-code-pages.mjs"), source, target]);
    const committed = join(root, "src/wbxml/code-pages");
    expect(readdirSync(committed).sort()).toEqual(readdirSync(target).sort());
    for (const file of readdirSync(target)) {
      expect(readFileSync(join(committed, file), "utf8"), file).toBe(
        readFileSync(join(target, file), "utf8"),
      );
    }
  } finally {
    rmSync(target, { recursive: true });
  }
});
