import { describe, expect, it } from "vitest";
import { readOptions } from "../../../../src/commands/sync/collection-options.js";
import {
  AirSync,
  AirSyncBase,
  element,
  optionalText,
  textElement,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";

function preference(type: number, truncationSize?: number): WbxmlElement {
  return element(AirSyncBase.BodyPreference, [
    textElement(AirSyncBase.Type, type),
    optionalText(AirSyncBase.TruncationSize, truncationSize),
  ]);
}

function truncationsOf(...options: readonly WbxmlElement[]): unknown {
  const read = readOptions(element(AirSync.Collection, [element(AirSync.Options, options)]), "14.1");
  if (read.kind === "invalid") return read.status;
  return read.options?.bodies.map(({ type, truncationBytes }) => [type, truncationBytes]);
}

const mimeTruncation = (value: number | string): WbxmlElement => textElement(AirSync.MIMETruncation, value);

describe("MIMETruncation", () => {
  it.each([
    [0, 0],
    [1, 4_096],
    [2, 5_120],
    [3, 7_168],
    [4, 10_240],
    [5, 20_480],
    [6, 51_200],
    [7, 102_400],
    [8, undefined],
  ])("%i cuts a whole message after %s bytes", (value, bytes) => {
    expect(truncationsOf(mimeTruncation(value), preference(4))).toEqual([["mime", bytes]]);
  });

  it("counts for whole messages alone, and gives way to the TruncationSize of their preference", () => {
    expect(
      truncationsOf(mimeTruncation(1), preference(1), preference(2, 100), preference(4, 10_000)),
    ).toEqual([
      ["plain", undefined],
      ["html", 100],
      ["mime", 10_000],
    ]);
  });

  it("cuts nothing when it is absent or empty, and is Status 4 when it is none of these", () => {
    expect(truncationsOf(preference(4))).toEqual([["mime", undefined]]);
    expect(truncationsOf(mimeTruncation(""), preference(4))).toEqual([["mime", undefined]]);
    for (const value of [9, -1, "all"]) expect(truncationsOf(mimeTruncation(value), preference(4))).toBe(4);
  });
});
