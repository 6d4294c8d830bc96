import { describe, expect, expectTypeOf, it } from "vitest";
import type { FolderKind } from "../../../src/mailbox/folder.js";
import { folderTypes } from "../../../src/protocol/folder-type.js";

describe("folder types", () => {
  it("cover every kind of folder, each with a Type of its own that can be synced", () => {
    expectTypeOf<keyof typeof folderTypes>().toEqualTypeOf<FolderKind>();
    const types: readonly number[] = Object.values(folderTypes).map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
    for (const unsynced of [1, 11, 16, 18]) expect(types).not.toContain(unsynced);
  });
});
