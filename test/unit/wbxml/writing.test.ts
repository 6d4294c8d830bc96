import { expect, it } from "vitest";
import {
  AirSync,
  bytesElement,
  element,
  emptyElement,
  optionalBytes,
  optionalElement,
  optionalEmpty,
  optionalText,
  textElement,
} from "../../../src/wbxml/index.js";

const status = { tag: AirSync.Status, content: "1" };

it("leaves absent children out and keeps the order of the others", () => {
  const key = { tag: AirSync.SyncKey, content: "2" };
  expect(element(AirSync.Sync, [undefined, status, undefined, key])).toEqual({
    tag: AirSync.Sync,
    content: [status, key],
  });
  expect(element(AirSync.Sync, [undefined])).toEqual({ tag: AirSync.Sync, content: null });
});

it.each([
  ["text", "text"],
  ["", ""],
  [480, "480"],
  [-1.5, "-1.5"],
  [true, "1"],
  [false, "0"],
])("writes %j as the text %j", (value, content) => {
  expect(textElement(AirSync.Status, value)).toEqual({ tag: AirSync.Status, content });
});

it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses to write %d", (value) => {
  expect(() => textElement(AirSync.Status, value)).toThrow(
    expect.objectContaining({ code: "ERR_WBXML_ENCODE" }),
  );
});

it("makes elements with bytes and without content", () => {
  const content = Uint8Array.of(1);
  expect(bytesElement(AirSync.Status, content)).toEqual({ tag: AirSync.Status, content });
  expect(emptyElement(AirSync.MoreAvailable)).toEqual({ tag: AirSync.MoreAvailable, content: null });
});

it("makes no element for an absent value", () => {
  expect(optionalText(AirSync.Status, undefined)).toBeUndefined();
  expect(optionalBytes(AirSync.Status, undefined)).toBeUndefined();
  expect(optionalEmpty(AirSync.MoreAvailable, false)).toBeUndefined();
  expect(optionalElement(AirSync.Commands, [undefined])).toBeUndefined();
});

it("makes an element for a value that is present, though it be empty", () => {
  expect(optionalText(AirSync.Status, "")).toEqual({ tag: AirSync.Status, content: "" });
  expect(optionalText(AirSync.Status, 0)).toEqual({ tag: AirSync.Status, content: "0" });
  expect(optionalBytes(AirSync.Status, new Uint8Array(0))).toEqual({
    tag: AirSync.Status,
    content: new Uint8Array(0),
  });
  expect(optionalEmpty(AirSync.MoreAvailable, true)).toEqual({ tag: AirSync.MoreAvailable, content: null });
  expect(optionalElement(AirSync.Commands, [status])).toEqual({ tag: AirSync.Commands, content: [status] });
});
