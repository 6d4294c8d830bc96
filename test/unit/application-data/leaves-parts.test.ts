import { describe, expect, it } from "vitest";
import { leavesParts } from "../../../src/application-data/index.js";
import type { CalendarItem } from "../../../src/mailbox/items/calendar.js";
import type { ContactItem } from "../../../src/mailbox/items/contact.js";
import type { MailboxItem } from "../../../src/mailbox/items/item.js";
import type { ProtocolVersion } from "../../../src/protocol/version.js";
import {
  AirSyncBase,
  Calendar,
  Contacts,
  element,
  type Tag,
  textElement,
  type WbxmlElement,
} from "../../../src/wbxml/index.js";
import { applicationData, contextOf } from "./wire.js";

const ann: ContactItem = { class: "Contacts", firstName: "Ann", fileAs: "Ann", jobTitle: "Cook" };
const { jobTitle, ...annAlone } = ann;
const firstName = textElement(Contacts.FirstName, "Anne");
const body = { native: "plain", plain: { data: "A note" } } as const;
const sentBody = element(AirSyncBase.Body, [
  textElement(AirSyncBase.Type, 1),
  textElement(AirSyncBase.Data, "Another"),
]);
const lunch: CalendarItem = {
  class: "Calendar",
  subject: "Lunch",
  startTimeMs: 0,
  endTimeMs: 3_600_000,
  recurrence: { type: "daily" },
};
const times = [
  textElement(Calendar.StartTime, "19700101T000000Z"),
  textElement(Calendar.EndTime, "19700101T010000Z"),
];

function leaves(
  stored: MailboxItem,
  children: readonly WbxmlElement[],
  version: ProtocolVersion = "14.1",
  supported?: readonly Tag[],
): boolean {
  return leavesParts(stored, applicationData(children), { ...contextOf(version), supported });
}

describe("a Change", () => {
  it("leaves nothing as it is where what it omits is deleted", () => {
    expect(leaves(ann, [firstName])).toBe(false);
  });

  it("leaves ghosted properties that the item has, and none that it has not", () => {
    expect(leaves(ann, [firstName], "14.1", [])).toBe(true);
    expect(leaves(ann, [firstName], "14.1", [Contacts.JobTitle, Contacts.FileAs])).toBe(false);
    expect(leaves(annAlone, [firstName, textElement(Contacts.FileAs, "Ann")], "14.1", [])).toBe(false);
  });

  it("leaves all that it omits from 16.0 on", () => {
    expect(leaves(lunch, [textElement(Calendar.Subject, "Dinner")], "16.1")).toBe(true);
  });

  it("leaves the body that it omits, not the one that it states", () => {
    expect(leaves({ ...ann, body }, [firstName])).toBe(true);
    expect(leaves({ ...ann, body }, [firstName, sentBody])).toBe(false);
  });

  it("leaves the picture and the exceptions that it omits", () => {
    expect(leaves({ ...ann, picture: "AAAA" }, [firstName])).toBe(true);
    const exceptions = [{ deleted: true, originalStartMs: 86_400_000 }] as const;
    expect(leaves({ ...lunch, exceptions }, [...times, textElement(Calendar.Subject, "Dinner")])).toBe(true);
  });
});
