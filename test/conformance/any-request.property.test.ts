/**
 * Requests that are nearly right: of every command, with some elements left out, doubled, moved, emptied or filled with nonsense at once. Whatever comes is
 * answered in the protocol's own way: no fault of the library, nothing that is held for ever, nothing that is left behind.
 */
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { isAtLeast, type ProtocolVersion } from "../../src/protocol/version.js";
import type { WbxmlElement } from "../../src/wbxml/index.js";
import { until } from "../contract/deadline.js";
import { document, textOf, treeOf } from "./devices/tree.js";
import { rightRequests } from "./malformed/requests.js";
import { World } from "./statuses/world.js";

/** One way to spoil a document, at a place that counts its elements from the root. */
interface Damage {
  readonly at: number;
  readonly how: "omit" | "double" | "empty" | "text" | "bytes" | "reverse" | "nest" | "unknown";
  readonly text: string;
}

const nonsense = fc.oneof(
  fc.constantFrom(
    "",
    "0",
    "-1",
    "1",
    "99999999999999999999",
    "1e9",
    "NaN",
    " 1 ",
    "2026-13-45T99:99:99.999Z",
  ),
  fc.constantFrom(
    "99991231T235959Z",
    "\u0000",
    "x".repeat(2_000),
    "../..",
    "inbox",
    "0-999999",
    "\u{1f4ce}",
    "[]",
    "<a>",
  ),
  fc.string({ maxLength: 20 }),
);
const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat(30),
  how: fc.constantFrom("omit", "double", "empty", "text", "bytes", "reverse", "nest", "unknown"),
  text: nonsense,
});

function spoiled(root: WbxmlElement, { at, how, text }: Damage): WbxmlElement {
  let place = at;
  const walk = (element: WbxmlElement): readonly WbxmlElement[] => {
    const isHere = place === 0;
    place -= 1;
    if (isHere) return spoiledHere(element, how, text);
    const { content } = element;
    return [Array.isArray(content) ? { ...element, content: content.flatMap(walk) } : element];
  };
  const [whole] = Array.isArray(root.content)
    ? [{ ...root, content: (root.content as readonly WbxmlElement[]).flatMap(walk) }]
    : [root];
  return whole;
}

function spoiledHere(element: WbxmlElement, how: Damage["how"], text: string): readonly WbxmlElement[] {
  const { tag, content } = element;
  switch (how) {
    case "omit":
      return [];
    case "double":
      return [element, element];
    case "empty":
      return [{ tag, content: null }];
    case "text":
      return [{ tag, content: text }];
    case "bytes":
      return [{ tag, content: Buffer.from(text) }];
    case "reverse":
      return [Array.isArray(content) ? { tag, content: [...content].reverse() } : element];
    case "nest":
      return [{ tag, content: [element, element] }];
    case "unknown":
      return [{ tag: (tag & 0xff00) | 0x3f, content: [element] }, element];
  }
}

async function answered(version: ProtocolVersion, which: number, damages: readonly Damage[]): Promise<void> {
  const there = rightRequests.filter(({ since = "12.1" }) => isAtLeast(version, since));
  const request = there[which % there.length];
  if (request === undefined) throw new Error("no command is there");
  const world = await World.of({ code: 0, at: "", why: "", tree: undefined, version, isBare: true });
  const { clock, device, directPush, mailbox } = world;
  const faults: unknown[] = [];
  directPush.events.on("requestFailed", ({ error }) => faults.push([request.command, error]));
  directPush.events.on("sourceFailed", ({ error }) => faults.push(error));
  await request.before?.(world);
  const sent = damages.reduce(spoiled, document(await request.tree(world)));
  const exchange = device.send(request.command, sent);
  // Time that passes while it is at work would end its calls.
  await until(
    `${request.command} to be answered or held`,
    () => exchange.isAnswered || directPush.heldCount > 0,
  );
  // Whatever may be held is held for less than an hour.
  if (!exchange.isAnswered) await clock.advance(3_600_000);
  await until(`${request.command} to be answered`, () => exchange.isAnswered);
  const { status, document: answer } = await exchange.answer;
  expect(faults).toEqual([]);
  // A filter that the class does not have is 110, and 500 in 12.1 ([MS-ASCMD] 2.2.3.68.1).
  const hasFilter = request.command === "GetItemEstimate";
  expect(hasFilter ? [200, 400, 500] : [200, 400], `${request.command}: HTTP ${status}`).toContain(status);
  if (!hasFilter) expect(textOf(treeOf(answer), "Status"), request.command).not.toBe("110");
  // And it did no harm to what comes after it.
  expect((await device.folderSync("0")).status).toBe(200);
  await world.close();
  expect([clock.pendingTimers, mailbox.openWatches]).toEqual([0, 0]);
}

beforeAll(async () => {
  // As they are, they are right; and what is loaded at the first need is loaded by then.
  await import("../../src/mime/mail-composer.js");
  for (const which of rightRequests.keys()) await answered("16.1", which, []);
});

it.each(["12.1", "14.1", "16.1"] as const)(
  "requests of version %s that are nearly right are answered in the protocol's own way",
  async (version) => {
    const damages = fc.array(damage, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000), damages, (which, spoilt) => answered(version, which, spoilt)),
      { numRuns: 120 },
    );
  },
);
