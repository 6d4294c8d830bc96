import { describe, expect, it } from "vitest";
import { readBodyPreferences } from "../../../src/application-data/index.js";
import {
  AirSync,
  AirSyncBase,
  element,
  emptyElement,
  textElement,
  type WbxmlElement,
} from "../../../src/wbxml/index.js";

type Child = readonly [tag: number, value: string | number];

function options(...preferences: readonly (readonly Child[])[]): WbxmlElement {
  return element(
    AirSync.Options,
    preferences.map((children) =>
      element(
        AirSyncBase.BodyPreference,
        children.map(([tag, value]) => (value === "" ? emptyElement(tag) : textElement(tag, value))),
      ),
    ),
  );
}

const { Type, TruncationSize, AllOrNone, Preview } = AirSyncBase;

describe("readBodyPreferences", () => {
  it("reads all preferences in their order", () => {
    const read = readBodyPreferences(
      options(
        [
          [Type, 2],
          [TruncationSize, 200_000],
          [AllOrNone, 1],
          [Preview, 255],
        ],
        [[Type, 1]],
      ),
      "14.1",
    );
    expect(read).toEqual({
      kind: "bodies",
      bodies: [
        { type: "html", truncationBytes: 200_000, allOrNone: true, previewCharacters: 255 },
        { type: "plain", truncationBytes: undefined, allOrNone: false, previewCharacters: 0 },
      ],
    });
  });

  it("reads the message part that is wanted, from 14.1 on", () => {
    const part = element(AirSyncBase.BodyPartPreference, [
      textElement(Type, 2),
      textElement(TruncationSize, 500),
      textElement(Preview, 80),
    ]);
    const wanted = element(AirSync.Options, [part]);
    const bodyPart = { type: "html", truncationBytes: 500, allOrNone: false, previewCharacters: 80 };
    expect(readBodyPreferences(wanted, "14.1")).toEqual({ kind: "bodies", bodies: [], bodyPart });
    expect(readBodyPreferences(wanted, "14.0")).toEqual({ kind: "bodies", bodies: [] });
    const twice = element(AirSync.Options, [part, part]);
    expect(readBodyPreferences(twice, "14.1")).toEqual({ kind: "invalid", syncStatus: 4 });
  });

  it("reads none", () => {
    expect(readBodyPreferences(options(), "16.1")).toEqual({ kind: "bodies", bodies: [] });
  });

  it("takes children in any order and empty ones as absent", () => {
    const read = readBodyPreferences(
      options([
        [TruncationSize, ""],
        [AllOrNone, 0],
        [Type, 4],
      ]),
      "16.1",
    );
    expect(read).toMatchObject({ bodies: [{ type: "mime", truncationBytes: undefined, allOrNone: false }] });
  });

  it("ignores a preview below 14.0", () => {
    expect(
      readBodyPreferences(
        options([
          [Type, 1],
          [Preview, 100],
        ]),
        "12.1",
      ),
    ).toMatchObject({
      bodies: [{ previewCharacters: 0 }],
    });
  });

  it.each([
    ["the same format twice", options([[Type, 1]], [[Type, 1]]), 4],
    [
      "AllOrNone twice",
      options([
        [Type, 1],
        [AllOrNone, 1],
        [AllOrNone, 1],
      ]),
      4,
    ],
    [
      "an AllOrNone that is no boolean",
      options([
        [Type, 1],
        [AllOrNone, 2],
      ]),
      4,
    ],
    ["no Type", options([[TruncationSize, 1]]), 6],
    ["an unknown Type", options([[Type, 5]]), 6],
    ["a Type that is no number", options([[Type, "x"]]), 6],
    [
      "a negative TruncationSize",
      options([
        [Type, 1],
        [TruncationSize, -1],
      ]),
      6,
    ],
    [
      "a Preview beyond 255",
      options([
        [Type, 1],
        [Preview, 256],
      ]),
      6,
    ],
  ])("refuses %s", (_what, element, syncStatus) => {
    expect(readBodyPreferences(element, "14.1")).toEqual({ kind: "invalid", syncStatus });
  });
});
