import type { MailboxRef } from "../../push/mailbox-change-source.js";
import type { Mailbox } from "../mailbox.js";

/** Who gets an absence note: the user's own organisation, outsiders among the user's contacts, all other outsiders. */
export type OutOfOfficeAudience = "internal" | "external-known" | "external-unknown";

/** What an audience is answered. */
export interface OutOfOfficeReply {
  readonly format: "text" | "html";
  readonly content: string;
}

/** The absence note for one audience. */
export interface OutOfOfficeMessage {
  readonly enabled: boolean;
  /** Undefined: none was ever written. */
  readonly reply?: OutOfOfficeReply;
}

/** Whether absence notes are sent. */
export type OutOfOfficeState =
  | { readonly kind: "off" }
  | { readonly kind: "on" }
  /** From one instant until another, in milliseconds since the epoch; `startMs` is before `endMs`. */
  | { readonly kind: "timed"; readonly startMs: number; readonly endMs: number };

/** The absence notes of a user. */
export interface OutOfOffice {
  readonly state: OutOfOfficeState;
  /** An audience that is left out has no note, or cannot have one. */
  readonly messages: Readonly<Partial<Record<OutOfOfficeAudience, OutOfOfficeMessage>>>;
}

/** What a device wants changed. What is left out stays: the state, an audience, the reply or the switch of an audience. */
export interface OutOfOfficeChange {
  readonly state?: OutOfOfficeState;
  readonly messages: Readonly<Partial<Record<OutOfOfficeAudience, Partial<OutOfOfficeMessage>>>>;
}

/** An optional ability of a {@link Mailbox}: the user's absence notes, for Settings ([MS-ASCMD] 2.2.3.115). Who sends them is the mailbox. */
export interface MailboxOutOfOffice {
  outOfOffice(mailbox: MailboxRef): Promise<OutOfOffice>;
  /** An audience that the mailbox, or its administrator, does not offer is skipped: that counts as `updated`. */
  setOutOfOffice(
    mailbox: MailboxRef,
    change: OutOfOfficeChange,
  ): Promise<
    | { readonly kind: "updated" }
    /** The mailbox cannot store it: a text that is too long, times that it does not take. */
    | { readonly kind: "invalid"; readonly reason: string }
    /** The user may not. */
    | { readonly kind: "forbidden" }
  >;
}

/** The mailbox's {@link MailboxOutOfOffice}; undefined when it has not all of it. */
export function outOfOfficeOf(mailbox: Mailbox): MailboxOutOfOffice | undefined {
  const able = mailbox as Mailbox & Partial<MailboxOutOfOffice>;
  const calls = [able.outOfOffice, able.setOutOfOffice];
  return calls.every((call) => typeof call === "function") ? (able as MailboxOutOfOffice) : undefined;
}
