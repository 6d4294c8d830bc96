import { describe, expect, it } from "vitest";
import { newSyncKey } from "../../../src/protocol/sync-key.js";

describe("a new SyncKey", () => {
  it("is 19 digits that were not there before", () => {
    const keys = Array.from({ length: 1000 }, newSyncKey);
    expect(new Set(keys).size).toBe(1000);
    expect(keys.every((key) => /^[1-9][0-9]{18}$/.test(key))).toBe(true);
  });
});
