import type { Attendee } from "../../mailbox/items/calendar.js";
import type { BusyStatus, Sensitivity } from "../../mailbox/items/values.js";
import { addressText } from "../addresses.js";
import { type Component, type Property, parameter, propertyText } from "./ical.js";

const maxAttendees = 1_000;

const sensitivities: Readonly<Partial<Record<string, Sensitivity>>> = {
  PRIVATE: "private",
  CONFIDENTIAL: "confidential",
};
/** Who may see an event; undefined for everybody. */
export function sensitivityOf(event: Component): Sensitivity | undefined {
  return sensitivities[propertyText(event, "class")?.toUpperCase() ?? ""];
}

const busyStatuses: Readonly<Partial<Record<string, BusyStatus>>> = {
  FREE: "free",
  TENTATIVE: "tentative",
  BUSY: "busy",
  OOF: "out-of-office",
  WORKINGELSEWHERE: "working-elsewhere",
};

/** How the time of an event counts. */
export function busyStatusOf(event: Component): BusyStatus {
  const intended = propertyText(event, "x-microsoft-cdo-intendedstatus")?.toUpperCase() ?? "";
  const isFree = propertyText(event, "transp")?.toUpperCase() === "TRANSPARENT";
  return busyStatuses[intended] ?? (isFree ? "free" : "busy");
}

/** Which revision an event is (RFC 5545, 3.8.7.4); undefined when it does not say. */
export function sequenceOf(event: Component): number | undefined {
  const sequence = Number(propertyText(event, "sequence") ?? Number.NaN);
  return Number.isSafeInteger(sequence) && sequence >= 0 ? sequence : undefined;
}

function addressOf(person: Property): string {
  const value: unknown = person.getFirstValue();
  const address = typeof value === "string" ? value.trim() : "";
  return /^mailto:/i.test(address) ? address.slice("mailto:".length) : (parameter(person, "email") ?? "");
}

/** `"Name" <user@host>`. */
export function personText(person: Property): string {
  return addressText([{ name: parameter(person, "cn") ?? "", address: addressOf(person) }]);
}

const statuses: Readonly<Partial<Record<string, NonNullable<Attendee["status"]>>>> = {
  ACCEPTED: "accepted",
  DECLINED: "declined",
  TENTATIVE: "tentative",
  "NEEDS-ACTION": "not-responded",
};

/** Who is invited; the first thousand. */
export function attendeesOf(event: Component): Attendee[] {
  const people = event.getAllProperties("attendee").slice(0, maxAttendees);
  return people.map(attendeeOf).filter(({ name }) => name !== "");
}

function attendeeOf(person: Property): Attendee {
  const email = addressOf(person);
  const status = statuses[parameter(person, "partstat")?.toUpperCase() ?? ""];
  const isThing = /^(?:RESOURCE|ROOM)$/i.test(parameter(person, "cutype") ?? "");
  const isOptional = /^(?:OPT|NON)-PARTICIPANT$/i.test(parameter(person, "role") ?? "");
  return {
    email,
    name: (parameter(person, "cn") ?? email).replaceAll(/[\r\n\0]+/g, " ").trim(),
    ...(status === undefined ? {} : { status }),
    type: isThing ? "resource" : isOptional ? "optional" : "required",
  };
}
