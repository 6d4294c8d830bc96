import { describe, expect, it } from "vitest";
import { applyChange } from "../../../src/application-data/index.js";
import type { CalendarItem } from "../../../src/mailbox/items/calendar.js";
import type { ContactItem } from "../../../src/mailbox/items/contact.js";
import type { MailboxItem } from "../../../src/mailbox/items/item.js";
import type { TaskItem } from "../../../src/mailbox/items/task.js";
import type { ProtocolVersion } from "../../../src/protocol/version.js";
import {
  AirSyncBase,
  Calendar,
  Contacts,
  element,
  emptyElement,
  Notes,
  type Tag,
  Tasks,
  textElement,
  type WbxmlElement,
} from "../../../src/wbxml/index.js";
import { nowMs } from "./arbitrary-items.js";
import { fullEmail, fullNote } from "./full-items.js";
import { applicationData, contextOf } from "./wire.js";

const contact: ContactItem = {
  class: "Contacts",
  fileAs: "Example, Ann",
  firstName: "Ann",
  lastName: "Example",
  jobTitle: "Cook",
  mms: "1",
  picture: "AAAA",
  categories: ["friends"],
  body: { native: "plain", plain: { data: "A note" } },
};

function changed(
  stored: MailboxItem,
  children: readonly WbxmlElement[],
  version: ProtocolVersion = "14.1",
  supported?: readonly Tag[],
): unknown {
  const result = applyChange(stored, applicationData(children), { ...contextOf(version), supported });
  return result.kind === "item" ? result.item : result.kind;
}

const lastName = textElement(Contacts.LastName, "Muster");
const fileAs = textElement(Contacts.FileAs, "Example, Ann");

describe("a Change of a contact", () => {
  it("deletes what it omits when nothing is ghosted, but for body and picture", () => {
    expect(changed(contact, [lastName, fileAs])).toEqual({
      class: "Contacts",
      fileAs: "Example, Ann",
      lastName: "Muster",
      picture: "AAAA",
      body: contact.body,
    });
  });

  it("keeps what Supported does not list", () => {
    expect(changed(contact, [lastName, fileAs], "14.1", [Contacts.JobTitle, Contacts.LastName])).toEqual({
      ...without(contact, "jobTitle"),
      lastName: "Muster",
    });
  });

  it("keeps everything with an empty Supported, and from 16.0 on", () => {
    expect(changed(contact, [lastName], "14.1", [])).toEqual({ ...contact, lastName: "Muster" });
    expect(changed(contact, [lastName], "16.1")).toEqual({ ...contact, lastName: "Muster" });
  });

  it("deletes what is present and empty, always", () => {
    for (const version of ["14.1", "16.1"] as const) {
      expect(changed(contact, [emptyElement(Contacts.JobTitle)], version, [])).toEqual(
        without(contact, "jobTitle"),
      );
      expect(changed(contact, [emptyElement(AirSyncBase.Body)], version, [])).toEqual(
        without(contact, "body"),
      );
      expect(changed(contact, [emptyElement(Contacts.Categories)], version, [])).toEqual(
        without(contact, "categories"),
      );
    }
  });

  it("keeps the picture when a phone sends an empty one", () => {
    expect(changed(contact, [emptyElement(Contacts.Picture)], "16.1")).toEqual(contact);
  });

  it("keeps the body when its Data is omitted", () => {
    const body = element(AirSyncBase.Body, [textElement(AirSyncBase.Type, 1)]);
    expect(changed(contact, [body], "14.1", [])).toEqual(contact);
  });

  it("refuses a picture of more than 48 KB", () => {
    const picture = (characters: number): WbxmlElement =>
      textElement(Contacts.Picture, "A".repeat(characters));
    expect(changed(contact, [picture(49_152)], "16.1")).toMatchObject({ class: "Contacts" });
    expect(changed(contact, [picture(49_153)], "16.1")).toBe("invalid");
  });

  it("makes a name to file it by when there is none", () => {
    expect(changed(contact, [emptyElement(Contacts.FileAs), lastName], "16.1")).toMatchObject({
      fileAs: "Muster, Ann",
    });
  });
});

const series: CalendarItem = {
  class: "Calendar",
  subject: "Standup",
  startTimeMs: Date.UTC(2026, 2, 2, 9),
  endTimeMs: Date.UTC(2026, 2, 2, 10),
  dtStampMs: 0,
  uid: "u-1",
  reminderMinutes: 10,
  location: { displayName: "Room 1", city: "Town" },
  responseType: "organizer",
  attendees: [{ email: "B@example.org", name: "Bob", status: "accepted" }],
  recurrence: { type: "daily" },
  exceptions: [
    { deleted: true, originalStartMs: Date.UTC(2026, 2, 3, 9) },
    { deleted: true, originalStartMs: Date.UTC(2026, 2, 4, 9) },
  ],
};
const startTime = textElement(Calendar.StartTime, "20260302T090000Z");
const endTime = textElement(Calendar.EndTime, "20260302T100000Z");
const daily = element(Calendar.Recurrence, [textElement(Calendar.Type, 0)]);

describe("a Change of an appointment below 16.0", () => {
  it("keeps exceptions, the UID and what the server decides about", () => {
    expect(changed(series, [startTime, endTime, daily])).toEqual({
      class: "Calendar",
      startTimeMs: series.startTimeMs,
      endTimeMs: series.endTimeMs,
      dtStampMs: nowMs,
      uid: "u-1",
      responseType: "organizer",
      recurrence: { type: "daily" },
      exceptions: series.exceptions,
    });
  });

  it("keeps the exceptions that the container omits", () => {
    const moved = element(Calendar.Exception, [
      textElement(Calendar.ExceptionStartTime, "20260304T090000Z"),
      textElement(Calendar.StartTime, "20260304T110000Z"),
    ]);
    const change = [startTime, endTime, daily, element(Calendar.Exceptions, [moved])];
    expect(changed(series, change)).toMatchObject({
      exceptions: [
        { deleted: true, originalStartMs: Date.UTC(2026, 2, 3, 9) },
        { deleted: false, originalStartMs: Date.UTC(2026, 2, 4, 9), startTimeMs: Date.UTC(2026, 2, 4, 11) },
      ],
    });
  });

  it("is refused without an end", () => {
    expect(changed(series, [startTime, daily])).toBe("invalid");
    expect(changed(series, [startTime, daily], "14.1", [])).toMatchObject({ endTimeMs: series.endTimeMs });
  });

  it("has no exceptions once it is no series", () => {
    expect(changed(series, [startTime, endTime])).not.toHaveProperty("exceptions");
  });

  it("is refused with an exception that names no occurrence", () => {
    const nameless = element(Calendar.Exception, [textElement(Calendar.Deleted, 1)]);
    expect(changed(series, [startTime, endTime, daily, element(Calendar.Exceptions, [nameless])])).toBe(
      "invalid",
    );
  });
});

describe("a Change of an appointment from 16.0 on", () => {
  it("keeps all that it omits", () => {
    const subject = textElement(Calendar.Subject, "Daily");
    expect(changed(series, [subject], "16.1")).toEqual({ ...series, subject: "Daily", dtStampMs: nowMs });
  });

  it("keeps the answers of attendees, which a device cannot set", () => {
    const attendee = element(Calendar.Attendee, [
      textElement(Calendar.Email, "b@example.org"),
      textElement(Calendar.Name, "Robert"),
    ]);
    const [bob] = series.attendees ?? [];
    const answered = {
      ...series,
      attendees: [{ ...bob, email: "b@Example.org", name: "Bob", answeredMs: 7 }],
    };
    expect(changed(answered, [element(Calendar.Attendees, [attendee])], "16.1")).toMatchObject({
      attendees: [{ email: "b@example.org", name: "Robert", status: "accepted", answeredMs: 7 }],
    });
  });

  it("deletes the exceptions when the end or the recurrence changes", () => {
    const later = textElement(Calendar.EndTime, "20260302T110000Z");
    expect(changed(series, [later], "16.1")).not.toHaveProperty("exceptions");
    const weekly = element(Calendar.Recurrence, [
      textElement(Calendar.Type, 1),
      textElement(Calendar.DayOfWeek, 2),
    ]);
    expect(changed(series, [weekly], "16.1")).not.toHaveProperty("exceptions");
    expect(changed(series, [endTime, daily], "16.1")).toHaveProperty("exceptions", series.exceptions);
  });

  it("makes a series a single appointment with an empty Recurrence", () => {
    const single = changed(series, [emptyElement(Calendar.Recurrence)], "16.1");
    expect(single).not.toHaveProperty("recurrence");
    expect(single).not.toHaveProperty("exceptions");
  });
});

describe("a Change of a task", () => {
  const task: TaskItem = {
    class: "Tasks",
    subject: "Write",
    importance: "high",
    reminderSet: true,
    complete: false,
    dueDateMs: 0,
    utcDueDateMs: 0,
    body: { native: "plain", plain: { data: "Text" } },
  };

  it("deletes what it omits, but for importance, reminder and body", () => {
    expect(changed(task, [textElement(Tasks.Subject, "Read")])).toEqual({
      class: "Tasks",
      subject: "Read",
      importance: "high",
      reminderSet: true,
      complete: false,
      body: task.body,
    });
  });

  it("stamps the completion when the device does not", () => {
    expect(changed(task, [textElement(Tasks.Complete, 1)])).toMatchObject({
      complete: true,
      dateCompletedMs: nowMs,
    });
  });

  it("is refused with a recurrence that has no start", () => {
    const recurrence = element(Tasks.Recurrence, [textElement(Tasks.Type, 0)]);
    expect(changed(task, [recurrence])).toBe("invalid");
  });
});

describe("a Change of another item", () => {
  it("stamps a note and keeps its class and body", () => {
    expect(changed(fullNote, [textElement(Notes.Subject, "Bread")])).toEqual({
      class: "Notes",
      subject: "Bread",
      messageClass: "IPM.StickyNote",
      lastModifiedDateMs: nowMs,
      body: fullNote.body,
    });
    expect(changed(fullNote, [textElement(Notes.MessageClass, "IPM.Note")])).toBe("invalid");
  });

  it("is refused for a mail", () => {
    expect(changed(fullEmail, [])).toBe("invalid");
  });
});

function without<Item extends object>(item: Item, property: keyof Item): Partial<Item> {
  const copy: Partial<Item> = { ...item };
  delete copy[property];
  return copy;
}
