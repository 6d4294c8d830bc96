import { contactTags } from "../../../src/application-data/contact/contact-tags.js";
import type { CalendarItem } from "../../../src/mailbox/items/calendar.js";
import type { ContactItem } from "../../../src/mailbox/items/contact.js";
import type { EmailItem } from "../../../src/mailbox/items/email.js";
import type { NoteItem } from "../../../src/mailbox/items/note.js";
import type { TaskItem } from "../../../src/mailbox/items/task.js";
import type { Attachment, ItemLocation } from "../../../src/mailbox/items/values.js";
import { nowMs } from "./arbitrary-items.js";

const body = { native: "html", plain: { data: "plain" }, html: { data: "<p>html</p>" } } as const;
const categories = ["red", "blue"];
const location: ItemLocation = {
  displayName: "Room 1",
  annotation: "upstairs",
  street: "Main St 1",
  city: "Town",
  state: "State",
  country: "Country",
  postalCode: "12345",
  latitude: 47.5,
  longitude: -122.25,
  accuracy: 10,
  altitude: 5,
  altitudeAccuracy: 1,
  locationUri: "https://example.org/room",
};
const attachments: readonly Attachment[] = [
  {
    fileReference: "ref-1",
    displayName: "photo.png",
    method: "embedded",
    sizeBytes: 1234,
    contentId: "photo@example.org",
    contentLocation: "photo.png",
    inline: true,
  },
];
const recurrence = {
  type: "weekly",
  dayOfWeek: 2,
  interval: 1,
  end: { kind: "occurrences", count: 10 },
  calendarType: 1,
  isLeapMonth: true,
  firstDayOfWeek: 1,
} as const;

/** A mail with every property. */
export const fullEmail: EmailItem = {
  class: "Email",
  subject: "Re: Meeting",
  from: '"Ann" <ann@example.org>',
  to: '"Bob" <bob@example.org>',
  cc: "cc@example.org",
  bcc: "bcc@example.org",
  replyTo: "reply@example.org",
  sender: "sender@example.org",
  displayTo: "Bob",
  dateReceivedMs: nowMs,
  importance: "high",
  read: true,
  flag: {
    status: "complete",
    flagType: "Flag for follow up",
    subject: "Meeting",
    startDateMs: nowMs,
    utcStartDateMs: nowMs,
    dueDateMs: nowMs,
    utcDueDateMs: nowMs,
    reminderSet: true,
    reminderTimeMs: nowMs,
    ordinalDateMs: nowMs,
    subOrdinalDate: "5",
    dateCompletedMs: nowMs,
    completeTimeMs: nowMs,
  },
  categories,
  messageClass: "IPM.Schedule.Meeting.Request",
  contentClass: "urn:content-classes:calendarmessage",
  internetCodePage: 28591,
  threadTopic: "Meeting",
  conversationId: new Uint8Array(16).fill(7),
  conversationIndex: new Uint8Array(10).fill(9),
  body,
  attachments,
  lastVerb: { executed: "reply-all", atMs: nowMs },
  receivedAsBcc: true,
  isDraft: true,
  accountId: "1",
  voiceMail: { callerId: "+1 555", userNotes: "call back" },
  meetingRequest: {
    uid: "uid-1@example.org",
    dtStampMs: nowMs,
    startTimeMs: nowMs,
    endTimeMs: nowMs + 3_600_000,
    allDayEvent: false,
    instanceType: "master",
    recurrenceIdMs: nowMs,
    recurrence,
    location,
    organizer: "ann@example.org",
    reminderSeconds: 900,
    responseRequested: true,
    sensitivity: "private",
    busyStatus: "busy",
    disallowNewTimeProposal: true,
    meetingMessageType: "initial",
    proposedStartTimeMs: nowMs,
    proposedEndTimeMs: nowMs,
  },
};

const attendees = [
  {
    email: "bob@example.org",
    name: "Bob",
    status: "accepted",
    type: "optional",
    proposedStartTimeMs: nowMs,
    proposedEndTimeMs: nowMs,
  },
] as const;

/** An appointment with every property. */
export const fullCalendarItem: CalendarItem = {
  class: "Calendar",
  subject: "Standup",
  startTimeMs: nowMs,
  endTimeMs: nowMs + 3_600_000,
  allDayEvent: false,
  location,
  body,
  categories,
  sensitivity: "private",
  busyStatus: "working-elsewhere",
  reminderMinutes: 15,
  dtStampMs: nowMs,
  uid: "uid-1@example.org",
  clientUid: "client-1",
  organizerName: "Ann",
  organizerEmail: "ann@example.org",
  meetingStatus: 1,
  attendees,
  recurrence,
  exceptions: [
    { deleted: true, originalStartMs: nowMs },
    {
      deleted: false,
      originalStartMs: nowMs + 86_400_000,
      subject: "Standup, late",
      startTimeMs: nowMs + 90_000_000,
      endTimeMs: nowMs + 93_600_000,
      allDayEvent: false,
      location,
      body,
      categories,
      sensitivity: "normal",
      busyStatus: "busy",
      reminderMinutes: null,
      dtStampMs: nowMs,
      meetingStatus: 1,
      attendees,
      appointmentReplyTimeMs: nowMs,
      responseType: "accepted",
      onlineMeetingConfLink: "sip:conf",
      onlineMeetingExternalLink: "https://example.org/conf",
    },
  ],
  responseRequested: true,
  disallowNewTimeProposal: true,
  appointmentReplyTimeMs: nowMs,
  responseType: "organizer",
  onlineMeetingConfLink: "sip:conf",
  onlineMeetingExternalLink: "https://example.org/conf",
  attachments,
};

/** A contact with every property. */
export const fullContact: ContactItem = {
  ...Object.fromEntries(Object.keys(contactTags).map((name) => [name, `the ${name}`])),
  class: "Contacts",
  anniversary: "2001-02-03",
  birthday: "1980-04-08",
  categories,
  children: ["Carl", "Dora"],
  picture: "AAAA",
  alias: "alias",
  weightedRank: 3,
  body,
};

/** A task with every property. */
export const fullTask: TaskItem = {
  class: "Tasks",
  subject: "Write it down",
  importance: "high",
  sensitivity: "private",
  startDateMs: nowMs,
  utcStartDateMs: nowMs,
  dueDateMs: nowMs,
  utcDueDateMs: nowMs,
  complete: true,
  dateCompletedMs: nowMs,
  reminderSet: true,
  reminderTimeMs: nowMs,
  categories,
  recurrence: { ...recurrence, startMs: nowMs, regenerate: true, deadOccur: true },
  ordinalDateMs: nowMs,
  subOrdinalDate: "5",
  body,
};

/** A note with every property. */
export const fullNote: NoteItem = {
  class: "Notes",
  subject: "Milk",
  messageClass: "IPM.StickyNote",
  lastModifiedDateMs: nowMs,
  categories,
  body,
};
