import { describe, expect, it } from "vitest";
import type { MailboxItem } from "../../../src/mailbox/items/item.js";
import { isAtLeast, protocolVersions } from "../../../src/protocol/version.js";
import { tagName } from "../../../src/wbxml/index.js";
import { fullCalendarItem, fullContact, fullEmail, fullNote, fullTask } from "./full-items.js";
import { descendants, foreignTags, rendered } from "./wire.js";

const bodies = (["html", "mime"] as const).map((type) => ({
  type,
  truncationBytes: 4,
  allOrNone: false,
  previewCharacters: 20,
}));
const view = { bodies, withBody: true, mimeSupport: 2 } as const;
const items: readonly MailboxItem[] = [fullEmail, fullCalendarItem, fullContact, fullTask, fullNote];

describe.each(protocolVersions)("at version %s", (version) => {
  it.each(items)("a full item of class $class has only elements of the version", (item) => {
    if (item.class === "Notes" && !isAtLeast(version, "14.0")) return;
    const element = rendered(item, version, view);
    expect(foreignTags(element, version)).toEqual([]);
    expect(descendants(element).length).toBeGreaterThan(5);
  });
});

describe("at version 16.1", () => {
  it("every property of a full item is sent", () => {
    const names = new Set(
      items.flatMap((item) => descendants(rendered(item, "16.1", view))).map(({ tag }) => tagName(tag)),
    );
    const expected = [
      "Email:MeetingRequest",
      "Calendar:UID",
      "Email2:Bcc",
      "Email2:IsDraft",
      "Email2:AccountId",
      "Email2:UmCallerID",
      "MeetingResponse:ProposedStartTime",
      "AirSyncBase:LocationUri",
      "AirSyncBase:InstanceId",
      "AirSyncBase:Preview",
      "Calendar:OnlineMeetingConfLink",
      "Calendar:ResponseType",
      "Tasks:DeadOccur",
      "Contacts:WeightedRank",
      "Contacts2:MMS",
      "Notes:LastModifiedDate",
    ];
    expect(expected.filter((name) => !names.has(name))).toEqual([]);
    expect(names).not.toContain("Calendar:ClientUid");
  });
});

describe("what changed between versions", () => {
  const namesAt = (item: MailboxItem, version: (typeof protocolVersions)[number]): Set<string> =>
    new Set(descendants(rendered(item, version, view)).map(({ tag }) => tagName(tag)));

  it("the place of an appointment is a text, and a container from 16.0 on", () => {
    expect(namesAt(fullCalendarItem, "14.1")).toContain("Calendar:Location");
    expect(namesAt(fullCalendarItem, "16.0")).not.toContain("Calendar:Location");
    expect(namesAt(fullCalendarItem, "16.0")).toContain("AirSyncBase:Location");
  });

  it("a meeting mail carries a GlobalObjId, and a UID from 16.0 on", () => {
    expect(namesAt(fullEmail, "14.1")).toContain("Email:GlobalObjId");
    expect(namesAt(fullEmail, "14.1")).not.toContain("Calendar:UID");
    expect(namesAt(fullEmail, "16.0")).not.toContain("Email:GlobalObjId");
    expect(namesAt(fullEmail, "16.0")).toContain("Calendar:UID");
  });

  it("conversations and categories of mails exist from 14.0 on", () => {
    for (const name of ["Email2:ConversationId", "Email2:ConversationIndex", "Email:Categories"]) {
      expect(namesAt(fullEmail, "12.1")).not.toContain(name);
      expect(namesAt(fullEmail, "14.0")).toContain(name);
    }
  });

  it("an exception is named by its start, and by its InstanceId from 16.0 on", () => {
    expect(namesAt(fullCalendarItem, "14.1")).toContain("Calendar:ExceptionStartTime");
    expect(namesAt(fullCalendarItem, "16.0")).not.toContain("Calendar:ExceptionStartTime");
  });
});
