import { describe, expect, it } from "vitest";
import { filterWindow, isInWindow, relisted, withWindow } from "../../../src/sync-state/filter-window.js";

const at = Date.UTC(2026, 4, 31, 15, 30);
const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);
const all = { cutoffMs: undefined, incompleteOnly: false };

describe("filterWindow", () => {
  it.each([
    [0, undefined],
    [1, "2026-05-30"],
    [2, "2026-05-28"],
    [3, "2026-05-24"],
    [4, "2026-05-17"],
    [5, "2026-04-30"],
    [6, "2026-02-28"],
    [7, "2025-11-30"],
  ])("of filter %i begins with a UTC day; a month that is shorter ends earlier", (filterType, expected) => {
    const { cutoffMs } = filterWindow(filterType, "Email", at);
    expect(cutoffMs).toBe(expected === undefined ? undefined : day(expected));
  });

  it("takes a filter that a class does not know as the nearest that it does", () => {
    expect(filterWindow(1, "Calendar", at)).toEqual(filterWindow(4, "Calendar", at));
    expect(filterWindow(8, "Calendar", at)).toEqual(all);
    for (const itemClass of ["Contacts", "Notes", "Tasks"] as const) {
      expect(filterWindow(5, itemClass, at)).toEqual(all);
    }
    expect(filterWindow(8, "Tasks", at)).toEqual({ cutoffMs: undefined, incompleteOnly: true });
  });
});

describe("isInWindow", () => {
  const item = { kind: "present", id: "a", version: "1" } as const;

  it("includes the cut-off itself and what has no date", () => {
    const window = { cutoffMs: 1_000, incompleteOnly: false };
    expect(isInWindow({ ...item, dateMs: 1_000 }, window)).toBe(true);
    expect(isInWindow({ ...item, dateMs: 999 }, window)).toBe(false);
    expect(isInWindow(item, window)).toBe(true);
  });

  it("leaves out what is complete", () => {
    const window = { cutoffMs: undefined, incompleteOnly: true };
    expect(isInWindow({ ...item, complete: true }, window)).toBe(false);
    expect(isInWindow({ ...item, complete: false }, window)).toBe(true);
    expect(isInWindow(item, window)).toBe(true);
  });
});

describe("withWindow", () => {
  const position = { cursor: "c", cutoffMs: 1_000, marker: "m" };
  const window = (cutoffMs: number | undefined) => ({ cutoffMs, incompleteOnly: false });

  it("leaves a position whose window is the same", () => {
    expect(withWindow(position, window(1_000))).toBe(position);
  });

  it("notes it too where the folder is to be listed once more: the listing names nothing outside of the window", () => {
    const again = relisted(position);
    const ranges = [{ fromMs: 1_000, beforeMs: 2_000 }];
    expect(withWindow(again, window(2_000))).toEqual({ ...again, cutoffMs: 2_000, ranges });
    expect(withWindow({ cutoffMs: 1_000 }, window(2_000))).toEqual({ cutoffMs: 2_000 });
  });

  it("notes what lies between the edges, in either direction", () => {
    const range = { ranges: [{ fromMs: 1_000, beforeMs: 2_000 }] };
    expect(withWindow(position, window(2_000))).toEqual({ cursor: "c", cutoffMs: 2_000, ...range });
    expect(withWindow({ ...position, cutoffMs: 2_000 }, window(1_000))).toEqual({
      cursor: "c",
      cutoffMs: 1_000,
      ...range,
    });
    expect(withWindow(position, window(undefined))).toEqual({ cursor: "c", ranges: [{ beforeMs: 1_000 }] });
  });

  it("keeps what is still to be compared, as one range when there are many", () => {
    let moved: ReturnType<typeof withWindow> = position;
    for (const cutoffMs of [2_000, 500, 3_000, 100, 4_000]) moved = withWindow(moved, window(cutoffMs));
    expect(moved.ranges).toEqual([{ fromMs: 100, beforeMs: 4_000 }]);
  });

  it("only notes the edge before the first page", () => {
    expect(withWindow({}, window(1_000))).toEqual({ cutoffMs: 1_000 });
  });
});
