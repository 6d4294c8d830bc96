import { boundedCall } from "../bounded-call.js";
import { type Clock, systemClock } from "../clock.js";
import { DirectPushError } from "../errors.js";
import type { MailboxAttachments } from "./abilities/attachments.js";
import { conversationsOf, type MailboxConversations } from "./abilities/conversations.js";
import { draftsOf, type MailboxDrafts } from "./abilities/drafts.js";
import { emptyFolderOf, type MailboxEmptyFolder } from "./abilities/empty-folder.js";
import { folderWritingOf, type MailboxFolderWriting } from "./abilities/folder-writing.js";
import { lastVerbOf, type MailboxLastVerb } from "./abilities/last-verb.js";
import { type MailboxMeetings, meetingsOf } from "./abilities/meetings.js";
import type { MailboxOutOfOffice } from "./abilities/out-of-office.js";
import type { MailboxRecoveryPassword } from "./abilities/recovery-password.js";
import { guardedAttachments } from "./guarded-attachments.js";
import { guardedLookups, type MailboxLookups } from "./guarded-lookups.js";
import { guardedSettings } from "./guarded-settings.js";
import type { Mailbox, MailboxUserInformation } from "./mailbox.js";
import { TimedOutItems } from "./timed-out-items.js";

/** A mailbox with the optional abilities that it may have. */
export type MailboxWithAbilities = Mailbox &
  Partial<MailboxLookups> &
  Partial<MailboxOutOfOffice & MailboxRecoveryPassword> &
  Partial<
    MailboxUserInformation &
      MailboxFolderWriting &
      MailboxAttachments &
      MailboxEmptyFolder &
      MailboxConversations &
      MailboxDrafts &
      MailboxLastVerb &
      MailboxMeetings
  >;

/** How calls into an integrator's mailbox are bounded. */
export interface MailboxGuard {
  /** Longest wait for one call, in milliseconds. */
  readonly timeoutMs: number;
  /** Times the calls. Default: the system's clock. */
  readonly clock?: Clock;
}

/**
 * An integrator's mailbox, each call of which ends in time. A call that throws, rejects or is silent for too long rejects with a
 * {@link DirectPushError} `ERR_MAILBOX_UNAVAILABLE`, whose cause tells why (`ERR_CALL_FAILED`, `ERR_CALL_TIMEOUT`). But where `item` throws or
 * rejects, it may be that one item is broken: that rejects with `ERR_CALL_FAILED`, and who asked finds out which it is. So does, with
 * `ERR_CALL_TIMEOUT`, an item that times out for the third time in a row.
 * The optional abilities are there if the mailbox has them.
 */
export function guardedMailbox(mailbox: MailboxWithAbilities, guard: MailboxGuard): MailboxWithAbilities {
  const { timeoutMs, clock = systemClock } = guard;
  const bounded = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await boundedCall(call, timeoutMs, `Mailbox.${what}`, clock);
    } catch (error) {
      throw unavailable(error);
    }
  };
  const timedOut = new TimedOutItems();
  const guarded: Mailbox = {
    folders: (ref) => bounded("folders", () => mailbox.folders(ref)),
    changes: (ref, folder, query) => bounded("changes", () => mailbox.changes(ref, folder, query)),
    itemsDated: (ref, folder, query) => bounded("itemsDated", () => mailbox.itemsDated(ref, folder, query)),
    itemVersion: (ref, folder, id) => bounded("itemVersion", () => mailbox.itemVersion(ref, folder, id)),
    item: async (ref, folder, id, view) => {
      try {
        const call = (): ReturnType<Mailbox["item"]> => mailbox.item(ref, folder, id, view);
        const item = await boundedCall(call, timeoutMs, "Mailbox.item", clock);
        timedOut.loaded(ref.user, folder, id);
        return item;
      } catch (error) {
        const code = error instanceof DirectPushError ? error.code : undefined;
        const isAlone = code === "ERR_CALL_TIMEOUT" && timedOut.note(ref.user, folder, id);
        throw code === "ERR_CALL_FAILED" || isAlone ? error : unavailable(error);
      }
    },
    create: (ref, folder, item, token) => bounded("create", () => mailbox.create(ref, folder, item, token)),
    update: (ref, folder, id, update, expected) =>
      bounded("update", () => mailbox.update(ref, folder, id, update, expected)),
    delete: (ref, folder, id) => bounded("delete", () => mailbox.delete(ref, folder, id)),
    move: (ref, folder, id, toFolder) => bounded("move", () => mailbox.move(ref, folder, id, toFolder)),
  };
  return {
    ...guarded,
    ...userInformation(mailbox, bounded),
    ...guardedSettings(mailbox, bounded),
    ...folderWriting(mailbox, bounded),
    ...emptyFolder(mailbox, bounded),
    ...conversations(mailbox, bounded),
    ...drafts(mailbox, bounded),
    ...guardedLookups(mailbox, bounded),
    ...lastVerb(mailbox, bounded),
    ...meetings(mailbox, bounded),
    ...guardedAttachments(mailbox, bounded, { timeoutMs, clock }),
  };
}

/** Bounds one call; `what` names it in errors. */
type Bounded = <T>(what: string, call: () => Promise<T>) => Promise<T>;

function userInformation(mailbox: MailboxWithAbilities, bounded: Bounded): Partial<MailboxUserInformation> {
  if (typeof mailbox.userInformation !== "function") return {};
  const { userInformation } = mailbox;
  return { userInformation: (ref) => bounded("userInformation", () => userInformation.call(mailbox, ref)) };
}

function folderWriting(mailbox: Mailbox, bounded: Bounded): Partial<MailboxFolderWriting> {
  const able = folderWritingOf(mailbox);
  if (able === undefined) return {};
  return {
    addFolder: (ref, folder, token) => bounded("addFolder", () => able.addFolder(ref, folder, token)),
    updateFolder: (ref, id, to) => bounded("updateFolder", () => able.updateFolder(ref, id, to)),
    removeFolder: (ref, id) => bounded("removeFolder", () => able.removeFolder(ref, id)),
  };
}

function lastVerb(mailbox: Mailbox, bounded: Bounded): Partial<MailboxLastVerb> {
  const able = lastVerbOf(mailbox);
  if (able === undefined) return {};
  return {
    setLastVerb: (ref, folder, id, verb) =>
      bounded("setLastVerb", () => able.setLastVerb(ref, folder, id, verb)),
  };
}

function meetings(mailbox: Mailbox, bounded: Bounded): Partial<MailboxMeetings> {
  const able = meetingsOf(mailbox);
  if (able === undefined) return {};
  return { meetingByUid: (ref, uid) => bounded("meetingByUid", () => able.meetingByUid(ref, uid)) };
}

function emptyFolder(mailbox: Mailbox, bounded: Bounded): Partial<MailboxEmptyFolder> {
  const able = emptyFolderOf(mailbox);
  if (able === undefined) return {};
  return {
    emptyFolder: (ref, folder, options) =>
      bounded("emptyFolder", () => able.emptyFolder(ref, folder, options)),
  };
}

function conversations(mailbox: Mailbox, bounded: Bounded): Partial<MailboxConversations> {
  const able = conversationsOf(mailbox);
  if (able === undefined) return {};
  return {
    moveConversation: (ref, id, toFolder) =>
      bounded("moveConversation", () => able.moveConversation(ref, id, toFolder)),
  };
}

function drafts(mailbox: Mailbox, bounded: Bounded): Partial<MailboxDrafts> {
  const able = draftsOf(mailbox);
  if (able === undefined) return {};
  return {
    saveDraft: (ref, folder, draft, replaced, token) =>
      bounded("saveDraft", () => able.saveDraft(ref, folder, draft, replaced, token)),
  };
}

function unavailable(error: unknown): DirectPushError {
  if (error instanceof DirectPushError && error.code === "ERR_MAILBOX_UNAVAILABLE") return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new DirectPushError("ERR_MAILBOX_UNAVAILABLE", `The mailbox cannot be reached: ${reason}`, {
    cause: error,
  });
}
