import { describe, expect, it } from "vitest";
import {
  AirSync,
  bytes,
  child,
  childElements,
  childFlag,
  childInteger,
  children,
  childText,
  flag,
  integer,
  text,
  type WbxmlContent,
  type WbxmlElement,
} from "../../../src/wbxml/index.js";

const key = (content: WbxmlContent): WbxmlElement => ({ tag: AirSync.SyncKey, content });
const first = key("1");
const second = key("2");
const status = { tag: AirSync.Status, content: "x" };
const parent: WbxmlElement = { tag: AirSync.Sync, content: [status, first, second] };

describe("children", () => {
  it("finds them by tag", () => {
    expect(child(parent, AirSync.SyncKey)).toBe(first);
    expect(children(parent, AirSync.SyncKey)).toEqual([first, second]);
    expect(childElements(parent)).toBe(parent.content);
  });

  it.each([
    ["is absent", undefined],
    ["is empty", key(null)],
    ["holds text", key("text")],
    ["holds bytes", key(new Uint8Array(2))],
    ["has no such child", { tag: AirSync.Sync, content: [status] }],
  ])("finds none in a parent that %s", (_, of) => {
    expect(child(of, AirSync.SyncKey)).toBeUndefined();
    expect(children(of, AirSync.SyncKey)).toEqual([]);
    expect(childText(of, AirSync.SyncKey)).toBeUndefined();
    expect(childInteger(of, AirSync.SyncKey)).toBeUndefined();
    expect(childFlag(of, AirSync.SyncKey)).toBeUndefined();
  });

  it("reads the first one", () => {
    expect(childText(parent, AirSync.SyncKey)).toBe("1");
    expect(childInteger(parent, AirSync.SyncKey)).toEqual({ kind: "integer", value: 1 });
    expect(childFlag(parent, AirSync.SyncKey)).toBe(true);
  });
});

describe("text", () => {
  it.each([
    ["text", " a ", " a "],
    ["an empty element", null, ""],
    ["UTF-8 bytes", new Uint8Array(Buffer.from("Zoë")), "Zoë"],
    ["bytes that are not UTF-8", Uint8Array.of(0xff), undefined],
    ["child elements", [first], undefined],
  ])("of %s", (_, content, expected) => {
    expect(text(key(content))).toBe(expected);
  });

  it("of an absent element", () => {
    expect(text(undefined)).toBeUndefined();
  });
});

describe("bytes", () => {
  it.each([
    ["bytes", Uint8Array.of(1, 2), [1, 2]],
    ["an empty element", null, []],
    ["base64", "AQID", [1, 2, 3]],
    ["base64 with padding and line breaks", "AQ\r\nI=", [1, 2]],
    ["text that is not base64", "To: é", [0x54, 0x6f, 0x3a, 0x20, 0xc3, 0xa9]],
    ["base64 that is cut", "AQI", [0x41, 0x51, 0x49]],
  ])("of %s", (_, content, expected) => {
    expect(Array.from(bytes(key(content)) ?? [-1])).toEqual(expected);
  });

  it("of an absent element and of child elements", () => {
    expect(bytes(undefined)).toBeUndefined();
    expect(bytes(parent)).toBeUndefined();
  });
});

describe("integer", () => {
  it.each([
    ["0", 0],
    ["480", 480],
    ["-5", -5],
    [" \r\n007 ", 7],
    ["-0", 0],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
  ])("reads %j", (content, value) => {
    expect(integer(key(content))).toEqual({ kind: "integer", value });
  });

  it.each([
    "",
    "  ",
    "+5",
    "1.0",
    "1e3",
    "0x10",
    "NaN",
    "5 5",
    "--5",
    "٣",
    "9007199254740992",
    "9".repeat(400),
  ])("does not read %j", (content) => {
    expect(integer(key(content))).toEqual({ kind: "invalid", text: content.trim() });
  });

  it("does not read an empty element or child elements", () => {
    expect(integer(key(null))).toEqual({ kind: "invalid", text: "" });
    expect(integer(parent)).toEqual({ kind: "invalid", text: "" });
    expect(integer(undefined)).toBeUndefined();
  });
});

describe("flag", () => {
  it.each([
    [null, true],
    ["1", true],
    [" 1 ", true],
    ["true", true],
    ["2", true],
    ["0", false],
    [" 0", false],
    ["False", false],
  ])("reads %j", (content, expected) => {
    expect(flag(key(content))).toBe(expected);
  });

  it("is undefined for an absent element", () => {
    expect(flag(undefined)).toBeUndefined();
  });
});
