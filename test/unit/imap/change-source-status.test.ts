import { expect, test } from "vitest";
import { type FolderStatus, markerOf } from "../../../src/imap/change-source-status.js";

const withCondstore: FolderStatus = { uidValidity: "7", uidNext: "12", messages: "3", highestModseq: "40" };
const without: FolderStatus = { uidValidity: "7", uidNext: "12", messages: "3", unseen: "1" };

test.each([
  ["UIDVALIDITY", { uidValidity: "8" }],
  // Where one mail came and another went.
  ["UIDNEXT", { uidNext: "13" }],
  ["the number of mails", { messages: "2" }],
])("a marker is another when %s is, with CONDSTORE and without", (_what, change) => {
  for (const status of [withCondstore, without]) {
    expect(markerOf({ ...status, ...change })).not.toBe(markerOf(status));
  }
});

test("a marker is another when HIGHESTMODSEQ is, or the number of unseen mails where there is none", () => {
  expect(markerOf({ ...withCondstore, highestModseq: "41" })).not.toBe(markerOf(withCondstore));
  expect(markerOf({ ...without, unseen: "2" })).not.toBe(markerOf(without));
});

test("a marker is the same when all of it is, and what HIGHESTMODSEQ counts already is not in it twice", () => {
  expect(markerOf({ ...withCondstore })).toBe(markerOf(withCondstore));
  expect(markerOf({ ...withCondstore, unseen: "2" })).toBe(markerOf(withCondstore));
  // The fields are told apart.
  expect(markerOf({ ...without, uidNext: "1", messages: "23" })).not.toBe(
    markerOf({ ...without, uidNext: "12", messages: "3" }),
  );
});

test.each(["uidValidity", "uidNext", "messages", "highestModseq"] as const)(
  "there is no marker where %s is not told",
  (field) => {
    const { [field]: _left, ...rest } = withCondstore;
    expect(markerOf(rest)).toBeUndefined();
  },
);

test("there is no marker of a folder of which nothing is told", () => {
  expect(markerOf(undefined)).toBeUndefined();
});
