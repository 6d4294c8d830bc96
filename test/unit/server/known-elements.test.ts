import { describe, expect, it } from "vitest";
import { knownElements } from "../../../src/server/known-elements.js";
import { AirSync, element, Ping, textElement } from "../../../src/wbxml/index.js";

/** Tokens that their pages do not list: the second is one that old phones send. */
const unlisted = [0x3f, (Ping.Ping & 0xff00) | 0x06];

describe("knownElements", () => {
  it("is the same document where all elements are listed", () => {
    const document = element(AirSync.Sync, [element(AirSync.Collections, [textElement(AirSync.Class, "")])]);
    expect(knownElements(document)).toBe(document);
    const empty = { tag: AirSync.Sync, content: null };
    expect(knownElements(empty)).toBe(empty);
  });

  it.each(unlisted)("leaves out %i with what is in it, at any depth", (tag) => {
    const unknown = element(tag, [textElement(AirSync.SyncKey, "1")]);
    const key = textElement(AirSync.SyncKey, "0");
    const document = (...more: (typeof key)[]) =>
      element(AirSync.Sync, [...more, element(AirSync.Collections, [key, ...more])]);
    expect(knownElements(document(unknown))).toEqual(document());
  });
});
