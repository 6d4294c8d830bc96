import type { ItemPlace } from "../mailbox/item-reference.js";
import type { CalendarItem } from "../mailbox/items/calendar.js";
import { followedMeeting } from "../mailbox/items/followed-meeting.js";
import type { RawMessage } from "./memory-item.js";
import type { ParsedMessages } from "./memory-messages.js";
import type { MemoryUser } from "./memory-user.js";

/** An appointment of a user, by its UID. */
export function findMeeting(
  user: MemoryUser,
  uid: string,
): { readonly place: ItemPlace; readonly appointment: CalendarItem } | undefined {
  for (const { id: folder } of user.folders.list) {
    for (const { id: item, content } of user.journal(folder)?.items() ?? []) {
      if (content.class === "Calendar" && content.uid === uid) {
        return { place: { folder, item }, appointment: content };
      }
    }
  }
  return undefined;
}

/** Lets a user's calendar follow a mail that arrived. Never rejects; undefined at once for most mails, which are about no meeting. */
export function followMeeting(
  user: MemoryUser,
  message: RawMessage,
  messages: ParsedMessages,
): Promise<void> | undefined {
  const { buffer, byteOffset, length } = message.raw;
  const bytes = Buffer.from(buffer, byteOffset, length);
  const isAboutMeeting = ["text/calendar", "TEXT/CALENDAR", "Text/Calendar"].some((type) =>
    bytes.includes(type),
  );
  return isAboutMeeting ? follow(user, message, messages) : undefined;
}

async function follow(user: MemoryUser, message: RawMessage, messages: ParsedMessages): Promise<void> {
  const mail = await messages.item(message).catch(() => undefined);
  if (mail?.class !== "Email" || mail.meetingRequest === undefined) return;
  const found = findMeeting(user, mail.meetingRequest.uid);
  const changed = found && followedMeeting(mail, found.appointment);
  if (found === undefined || changed === undefined) return;
  const { folder, item } = found.place;
  user.update(folder, item, { kind: "replace", item: changed });
}
