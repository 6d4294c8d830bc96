import type { CalendarItem } from "./calendar.js";
import type { ContactItem } from "./contact.js";
import type { EmailItem } from "./email.js";
import type { NoteItem } from "./note.js";
import type { TaskItem } from "./task.js";

/** An item of any class; `class` tells which. */
export type MailboxItem = EmailItem | CalendarItem | ContactItem | TaskItem | NoteItem;
