import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyChange,
  applyOccurrenceChange,
  parseDraft,
  parseEmailFlags,
  parseItem,
  type RenderView,
  readBodyPreferences,
  renderFlags,
  renderItem,
} from "../../../src/application-data/index.js";
import type { ItemClass } from "../../../src/mailbox/folder.js";
import type { MailboxItem } from "../../../src/mailbox/items/item.js";
import { protocolVersions } from "../../../src/protocol/version.js";
import {
  AirSync,
  AirSyncBase,
  Calendar,
  Contacts,
  decode,
  Email,
  encode,
  Notes,
  Tasks,
  type WbxmlElement,
} from "../../../src/wbxml/index.js";
import { fullCalendarItem, fullContact, fullEmail, fullNote, fullTask } from "./full-items.js";
import { contextOf } from "./wire.js";

const tag = fc.oneof(
  ...[AirSyncBase, Calendar, Contacts, Email, Notes, Tasks].map((page) =>
    fc.constantFrom(...Object.values(page)),
  ),
  fc.integer({ min: 0x0105, max: 0x197f }),
);
const content = fc.oneof(
  fc.constant(null),
  fc.constantFrom(
    "",
    "0",
    "1",
    "2",
    "99999999999999999999",
    "-1",
    "20260310T090000Z",
    "9999-99-99T99:99:99Z",
    "\0",
    "\ud800",
  ),
  fc.string(),
  fc.uint8Array({ maxLength: 8 }),
);
const { element: anyElement } = fc.letrec<{ element: WbxmlElement }>((tie) => ({
  element: fc.record({
    tag,
    content: fc.oneof({ maxDepth: 4 }, content, fc.array(tie("element"), { maxLength: 8 })),
  }),
}));
const applicationData = fc.record({
  tag: fc.constant(AirSync.ApplicationData),
  content: fc.array(anyElement, { maxLength: 12 }),
});
const version = fc.constantFrom(...protocolVersions);
const items: readonly MailboxItem[] = [fullEmail, fullCalendarItem, fullContact, fullTask, fullNote];
const itemClass = fc.constantFrom<ItemClass>("Email", "Calendar", "Contacts", "Tasks", "Notes");

describe("whatever a device sends", () => {
  it("is an item or invalid, and what is an item can be sent again", () => {
    const property = fc.property(applicationData, version, itemClass, (data, at, of) => {
      const parsed = parseItem(of, data, contextOf(at));
      if (parsed.kind === "invalid") expect(parsed.reason).not.toBe("");
      else encode({ tag: AirSync.ApplicationData, content: renderItem(parsed.item, view, at) });
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it("changes an item or is invalid", () => {
    const property = fc.property(applicationData, version, fc.constantFrom(...items), (data, at, item) => {
      const changed = applyChange(item, data, { ...contextOf(at), supported: undefined });
      if (changed.kind === "item") expect(changed.item.class).toBe(item.class);
      expect(["update", "invalid"]).toContain(parseEmailFlags(data, at).kind);
      expect(["bodies", "invalid"]).toContain(readBodyPreferences(data, at).kind);
      const occurrence = applyOccurrenceChange(fullCalendarItem, "20260310T090000Z", data, contextOf(at));
      expect(["item", "invalid"]).toContain(occurrence.kind);
      for (const isNew of [true, false])
        expect(["edit", "invalid"]).toContain(parseDraft(data, isNew, contextOf(at)).kind);
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

const view: RenderView = {
  bodies: (["mime", "rtf", "html", "plain"] as const).map((type) => ({
    type,
    truncationBytes: 7,
    allOrNone: true,
    previewCharacters: 255,
  })),
  withBody: true,
  mimeSupport: 2,
};

/** Every number and text of an item replaced by a strange one. */
function damaged(value: unknown, number: number, text: string): unknown {
  if (typeof value === "number") return number;
  if (typeof value === "string") return text;
  if (Array.isArray(value)) return value.map((each) => damaged(each, number, text));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const kept = new Set(["class", "type", "kind", "status", "native", "executed", "method"]);
  const words = new Set(["importance", "sensitivity", "busyStatus", "responseType", "instanceType"]);
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      kept.has(key) || words.has(key) || key === "meetingMessageType" ? each : damaged(each, number, text),
    ]),
  );
}

describe("whatever a mailbox returns", () => {
  const numbers = [Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5, 9e15, -9e15, Number.MAX_VALUE];
  const texts = ["", "\0", "\ud800", "a\0b\ud800", "x".repeat(70_000)];

  it("may have words that the types do not", () => {
    const strange = {
      ...fullCalendarItem,
      sensitivity: "secret",
      busyStatus: "away",
    } as unknown as MailboxItem;
    for (const at of protocolVersions)
      encode({ tag: AirSync.ApplicationData, content: renderItem(strange, view, at) });
  });

  it("can be sent on every version", () => {
    const html = { native: "html", html: { data: "<p>html</p>", fullSizeBytes: 100 } } as const;
    for (const item of [...items, { ...fullEmail, body: html }]) {
      for (const [index, number] of numbers.entries()) {
        const strange = damaged(item, number, texts[index % texts.length] ?? "") as MailboxItem;
        for (const at of protocolVersions) {
          const elements = [...renderItem(strange, view, at)];
          if (strange.class === "Email") {
            elements.push(...renderFlags(strange, { read: true, followUp: true, categories: true }, at));
          }
          const sent = decode(encode({ tag: AirSync.ApplicationData, content: elements }));
          expect(Array.isArray(sent.content)).toBe(true);
        }
      }
    }
  });
});
