import { describe, expect, it } from "vitest";
import { parseEmailFlags, parseItem, renderFlags } from "../../../../src/application-data/index.js";
import type { EmailItem, FollowUpFlag } from "../../../../src/mailbox/items/email.js";
import {
  AirSyncBase,
  bytesElement,
  Email,
  Email2,
  element,
  emptyElement,
  Tasks,
  tagName,
  textElement,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";
import { fullEmail } from "../full-items.js";
import { applicationData, contextOf } from "../wire.js";

const time = "2010-04-08T18:16:00.000Z";
const timeMs = Date.UTC(2010, 3, 8, 18, 16);
const dates = [Tasks.StartDate, Tasks.UtcStartDate, Tasks.DueDate, Tasks.UtcDueDate];

function flagOf(children: readonly WbxmlElement[]): ReturnType<typeof parseEmailFlags> {
  return parseEmailFlags(applicationData([element(Email.Flag, children)]), "14.1");
}

function status(value: number): WbxmlElement {
  return textElement(Email.Status, value);
}

const flagType = textElement(Email.FlagType, "Flag for follow up");

describe("parseEmailFlags", () => {
  it("reads whether a mail is read", () => {
    const read = applicationData([textElement(Email.Read, 1)]);
    expect(parseEmailFlags(read, "12.1")).toEqual({
      kind: "update",
      update: { kind: "email-flags", read: true },
    });
    const unread = applicationData([textElement(Email.Read, 0)]);
    expect(parseEmailFlags(unread, "16.1")).toMatchObject({ update: { read: false } });
  });

  it("reads categories, none of them for an empty container, from 14.0 on", () => {
    const some = applicationData([element(Email.Categories, [textElement(Email.Category, "red")])]);
    expect(parseEmailFlags(some, "14.0")).toMatchObject({ update: { categories: ["red"] } });
    expect(parseEmailFlags(some, "12.1").kind).toBe("invalid");
    const none = applicationData([emptyElement(Email.Categories)]);
    expect(parseEmailFlags(none, "14.0")).toMatchObject({ update: { categories: [] } });
  });

  it("sets a flag with all dates or none", () => {
    const all = dates.map((tag) => textElement(tag, time));
    expect(flagOf([status(2), flagType, ...all])).toMatchObject({
      update: {
        flag: {
          status: "active",
          flagType: "Flag for follow up",
          startDateMs: timeMs,
          utcStartDateMs: timeMs,
          dueDateMs: timeMs,
          utcDueDateMs: timeMs,
        },
      },
    });
    expect(flagOf([status(2), flagType])).toMatchObject({ update: { flag: { status: "active" } } });
  });

  it.each([
    ["Status 0", [status(0)]],
    ["an empty Flag", []],
  ])("clears a flag by %s", (_what, children) => {
    expect(flagOf(children)).toEqual({ kind: "update", update: { kind: "email-flags", flag: null } });
  });

  it("completes a flag", () => {
    const completed = [textElement(Email.CompleteTime, time), textElement(Tasks.DateCompleted, time)];
    expect(flagOf([status(1), ...completed])).toMatchObject({
      update: { flag: { status: "complete", completeTimeMs: timeMs, dateCompletedMs: timeMs } },
    });
  });

  it.each([
    ["without a Status", [flagType]],
    ["with an unknown Status", [status(3), flagType]],
    ["without a FlagType", [status(2)]],
    ["with some of the dates", [status(2), flagType, textElement(Tasks.StartDate, time)]],
    ["completed without CompleteTime", [status(1), textElement(Tasks.DateCompleted, time)]],
    ["completed without DateCompleted", [status(1), textElement(Email.CompleteTime, time)]],
    ["with a date that is none", [status(2), flagType, ...dates.map((tag) => textElement(tag, "soon"))]],
  ])("refuses a flag %s", (_what, children) => {
    expect(flagOf(children).kind).toBe("invalid");
  });

  it.each([
    textElement(Email.Subject, "new"),
    bytesElement(Email2.ConversationId, new Uint8Array(16)),
    textElement(Email2.ReceivedAsBcc, 1),
    element(AirSyncBase.Body, [textElement(AirSyncBase.Type, 1)]),
  ])("refuses to change anything else of a mail", (other) => {
    const changed = parseEmailFlags(applicationData([textElement(Email.Read, 1), other]), "16.1");
    expect(changed).toEqual({ kind: "invalid", reason: expect.stringContaining(tagName(other.tag)) });
  });

  it("skips elements that no version knows", () => {
    const unknown = { tag: 0x7f3f, content: "x" };
    const data: WbxmlElement = { tag: 0x1d, content: [textElement(Email.Read, 1), unknown] };
    expect(parseEmailFlags(data, "14.1")).toMatchObject({ update: { read: true } });
  });

  it("understands every flag that it writes", () => {
    const flags: readonly FollowUpFlag[] = [
      { status: "active", flagType: "Follow up" },
      {
        status: "active",
        flagType: "x",
        startDateMs: timeMs,
        utcStartDateMs: timeMs,
        dueDateMs: 0,
        utcDueDateMs: 0,
      },
      ...(fullEmail.flag === undefined ? [] : [fullEmail.flag]),
    ];
    for (const flag of flags) {
      const written = renderFlags(
        { ...fullEmail, flag },
        { read: false, followUp: true, categories: false },
        "12.1",
      );
      expect(parseEmailFlags(applicationData(written), "12.1")).toMatchObject({ update: { flag } });
    }
  });
});

describe("renderFlags", () => {
  const plain: EmailItem = {
    class: "Email",
    subject: "s",
    from: "f",
    to: "t",
    dateReceivedMs: 0,
    read: false,
  };
  const only = (what: "read" | "followUp" | "categories"): Parameters<typeof renderFlags>[1] => ({
    read: what === "read",
    followUp: what === "followUp",
    categories: what === "categories",
  });

  it("sends only what changed", () => {
    expect(renderFlags(plain, only("read"), "12.1")).toEqual([textElement(Email.Read, 0)]);
    expect(renderFlags(plain, only("followUp"), "12.1")).toEqual([emptyElement(Email.Flag)]);
    expect(renderFlags({ ...plain, categories: ["red"] }, only("categories"), "14.0")).toEqual([
      element(Email.Categories, [textElement(Email.Category, "red")]),
    ]);
  });

  it("sends an empty container when the categories went", () => {
    expect(renderFlags(plain, only("categories"), "14.0")).toEqual([emptyElement(Email.Categories)]);
  });

  it("has nothing to tell where the version has no categories", () => {
    expect(renderFlags({ ...plain, categories: ["red"] }, only("categories"), "12.1")).toEqual([]);
  });

  it("sends the union of several changes", () => {
    const tags = renderFlags(fullEmail, { read: true, followUp: true, categories: true }, "16.1").map(
      ({ tag }) => tag,
    );
    expect(tags).toEqual([Email.Read, Email.Flag, Email.Categories]);
  });
});

describe("a mail that a device adds", () => {
  it("is refused", () => {
    const added = parseItem("Email", applicationData([textElement(Email.Subject, "s")]), contextOf("16.1"));
    expect(added.kind).toBe("invalid");
  });
});
