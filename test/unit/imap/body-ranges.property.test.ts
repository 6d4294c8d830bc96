import { createHash } from "node:crypto";
import fc from "fast-check";
import type { ImapFlow } from "imapflow";
import { expect, test } from "vitest";
import { chunkBytes, contentOfPart, type InFolder, unread } from "../../../src/imap/body-attachment.js";
import { measurePart } from "../../../src/imap/body-measure.js";

const contentBytes = 400_000;
const linesOfContent = Math.floor(contentBytes / 57);

/** Bytes that look like nothing regular, the same for a seed. */
function bytesOf(seed: number): Buffer {
  const blocks = Array.from({ length: contentBytes / 32 }, (_, block) =>
    createHash("sha256").update(`${seed} ${block}`).digest(),
  );
  return Buffer.concat(blocks);
}

/** What mail programs and gateways do to lines of base64. Each leaves the text as long as it was, or the content. */
const faults = {
  "moves digits to another line": (lines: string[], at: number, to: number) => {
    lines[to] = `${lines[to]}${lines[at]?.slice(-4)}`;
    lines[at] = lines[at]?.slice(0, -4) ?? "";
  },
  "moves digits that are no whole bytes": (lines: string[], at: number, to: number) => {
    lines[to] = `${lines[to]}${lines[at]?.slice(-1)}`;
    lines[at] = lines[at]?.slice(0, -1) ?? "";
  },
  "has blanks in one line and more digits in another": (lines: string[], at: number, to: number) => {
    lines[at] = `${lines[at]?.slice(0, 30)}    ${lines[at]?.slice(34)}`;
    lines[to] = `${lines[to]?.slice(0, 72)}=${lines[to]?.slice(73)}`;
  },
  "ends a line elsewhere": (lines: string[], at: number) => {
    const both = `${lines[at]}${lines[at + 1]}`;
    lines.splice(at, 2, both.slice(0, 40), both.slice(40));
  },
  "has padding in the middle": (lines: string[], at: number) => {
    lines[at] = `${lines[at]?.slice(0, 74)}==`;
  },
  "has an empty line and a longer one": (lines: string[], at: number, to: number) => {
    lines[at] = "";
    lines[to] = `${lines[to]}${"A".repeat(76)}`;
  },
} as const;

const fault = fc.record({
  kind: fc.constantFrom(...(Object.keys(faults) as (keyof typeof faults)[])),
  at: fc.integer({ min: 0, max: linesOfContent - 2 }),
  to: fc.integer({ min: 0, max: linesOfContent - 2 }),
});

const range = fc
  .tuple(fc.integer({ min: 0, max: contentBytes - 1 }), fc.integer({ min: 1, max: 60_000 }))
  .map(([first, length]) => ({ first, last: first + length - 1 }));

/** An attachment on a server that cannot tell its size, and how much of it was sent. */
function stored(encoded: Buffer) {
  let sent = 0;
  const client = {
    capabilities: new Map(),
    fetchOne: async (_uid: string, { bodyParts }: { bodyParts: { start: number; maxLength: number }[] }) => {
      const [{ start, maxLength } = { start: 0, maxLength: 0 }] = bodyParts;
      const piece = encoded.subarray(start, start + maxLength);
      sent += piece.length;
      return { bodyParts: new Map([["2", piece]]) };
    },
  } as unknown as ImapFlow;
  const inFolder: InFolder = async (work) => await work(client);
  const part = {
    part: "2",
    type: "application/octet-stream",
    encoding: "base64",
    sizeBytes: encoded.length,
  };
  return { place: { inFolder, uid: 5, part: part as never }, sent: () => sent };
}

test("each range of base64 is what a reading of the whole has there, however its lines differ, or fails", async () => {
  let served = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.array(fault, { maxLength: 4 }),
      fc.array(range, { minLength: 1, maxLength: 6 }),
      async (seed, kinds, ranges) => {
        const lines =
          bytesOf(seed)
            .toString("base64")
            .match(/.{1,76}/g) ?? [];
        for (const { kind, at, to } of kinds) faults[kind](lines, at, to);
        const encoded = Buffer.from(`${lines.join("\r\n")}\r\n`);
        const right = await wholeOf(encoded);
        const { place } = stored(encoded);
        let { layout, beginning } = await measurePart(place, false);
        for (const wanted of ranges) {
          let isRefuted = false;
          const pieces: Uint8Array[] = [];
          const content = contentOfPart(place, layout, wanted, beginning, () => {
            isRefuted = true;
          });
          try {
            for await (const piece of content) pieces.push(piece);
          } catch (error) {
            if (!isRefuted) throw error;
            // Only a length that was told wrong is a reason to fail, and the next reading knows it.
            expect(layout.sizeBytes).not.toBe(right.length);
            ({ layout, beginning } = await measurePart(place, true));
            expect(layout.sizeBytes).toBe(right.length);
            continue;
          }
          beginning = unread;
          const got = Buffer.concat(pieces);
          const expected = right.subarray(wanted.first, Math.min(wanted.last + 1, layout.sizeBytes));
          expect(got.equals(expected)).toBe(true);
          served += 1;
        }
      },
    ),
    { numRuns: 25 },
  );
  expect(served).toBeGreaterThan(0);
});

test("a regular attachment that is taken in ranges, one after the other, is not read much more than once", async () => {
  const content = bytesOf(1);
  const encoded = Buffer.from(content.toString("base64").replaceAll(/.{76}/g, "$&\r\n"));
  const { place, sent } = stored(encoded);
  const { layout, beginning } = await measurePart(place, false);
  const length = 100_000;
  for (let first = 0; first < content.length; first += length) {
    const pieces: Uint8Array[] = [];
    const from = first === 0 ? beginning : unread;
    const wanted = { first, last: first + length - 1 };
    for await (const piece of contentOfPart(place, layout, wanted, from, () => {})) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(content.subarray(first, first + length))).toBe(true);
  }
  // Each range but the first may begin within the last piece of the one before.
  expect(sent()).toBeLessThanOrEqual(encoded.length + 3 * chunkBytes + 1_024);
});

/** The content as it is without any knowledge of lines. */
async function wholeOf(encoded: Buffer): Promise<Buffer> {
  const { place } = stored(encoded);
  const layout = { sizeBytes: Number.MAX_SAFE_INTEGER, lines: undefined, isProven: true };
  const pieces: Uint8Array[] = [];
  for await (const piece of contentOfPart(place, layout, undefined, unread, () => {})) pieces.push(piece);
  return Buffer.concat(pieces);
}
