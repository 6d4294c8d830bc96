/** What phones of version 16 and newer say of meetings. */
import {
  AirSync,
  AirSyncBase,
  Calendar,
  element,
  emptyElement,
  textElement,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";

/** What a phone of version 16 says of a meeting. */
export interface Meeting {
  readonly subject?: string;
  readonly start?: string;
  readonly end?: string;
  readonly place?: string;
  readonly text?: string;
  readonly people?: readonly (string | readonly [email: string, type: 1 | 2 | 3])[];
  readonly timezone?: string;
  readonly status?: number;
  readonly reminder?: number;
  readonly busy?: number;
  readonly allDay?: boolean;
  readonly recurrence?: readonly WbxmlElement[];
  readonly answers?: 0 | 1;
}

/** The children of its ApplicationData. */
export function said(meeting: Meeting): WbxmlElement[] {
  const { people, recurrence, place, text, allDay } = meeting;
  const texts = [
    [Calendar.Timezone, meeting.timezone],
    [Calendar.Subject, meeting.subject],
    [Calendar.StartTime, meeting.start],
    [Calendar.EndTime, meeting.end],
    [Calendar.MeetingStatus, meeting.status],
    [Calendar.Reminder, meeting.reminder],
    [Calendar.BusyStatus, meeting.busy],
    [Calendar.ResponseRequested, meeting.answers],
    [Calendar.AllDayEvent, allDay === undefined ? undefined : Number(allDay)],
  ] as const;
  return [
    ...texts.flatMap(([tag, value]) => (value === undefined ? [] : [textElement(tag, value)])),
    ...(place === undefined
      ? []
      : [element(AirSyncBase.Location, [textElement(AirSyncBase.DisplayName, place)])]),
    ...(text === undefined
      ? []
      : [element(AirSyncBase.Body, [textElement(AirSyncBase.Type, 1), textElement(AirSyncBase.Data, text)])]),
    ...(people === undefined ? [] : [attendees(people)]),
    ...(recurrence === undefined ? [] : [element(Calendar.Recurrence, recurrence)]),
  ];
}

function attendees(people: NonNullable<Meeting["people"]>): WbxmlElement {
  if (people.length === 0) return emptyElement(Calendar.Attendees);
  const listed = people.map((one) => (typeof one === "string" ? ([one, 1] as const) : one));
  return element(
    Calendar.Attendees,
    listed.map(([email, type]) =>
      element(Calendar.Attendee, [
        textElement(Calendar.Email, email),
        textElement(Calendar.Name, email.split("@", 1)[0] ?? email),
        textElement(Calendar.AttendeeType, type),
      ]),
    ),
  );
}

/** A Change of one occurrence. */
export function changeOccurrence(id: string, instanceId: string, meeting: Meeting): WbxmlElement {
  return element(AirSync.Change, [
    textElement(AirSync.ServerId, id),
    textElement(AirSyncBase.InstanceId, instanceId),
    element(AirSync.ApplicationData, said(meeting)),
  ]);
}

/** A Delete of one occurrence. */
export function deleteOccurrence(id: string, instanceId: string): WbxmlElement {
  return element(AirSync.Delete, [
    textElement(AirSync.ServerId, id),
    textElement(AirSyncBase.InstanceId, instanceId),
  ]);
}
