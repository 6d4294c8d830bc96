import { childFlag, childText, Email } from "../../wbxml/index.js";
import type { SyncItem } from "./sync-answer.js";

/** What a list of mails shows. What the item does not hold is undefined: a change may hold the read mark alone. */
export interface MailSummary {
  readonly subject: string | undefined;
  /** As in the header field: `"Bob" <bob@example.com>`. */
  readonly from: string | undefined;
  /** ISO 8601. */
  readonly receivedAt: string | undefined;
  readonly isRead: boolean | undefined;
}

/** Reads the fields of a mail that everybody wants; the others are in the item's `data` ([MS-ASEMAIL] 2.2.2). */
export function mailSummary({ data }: SyncItem): MailSummary {
  return {
    subject: childText(data, Email.Subject),
    from: childText(data, Email.From),
    receivedAt: childText(data, Email.DateReceived),
    isRead: childFlag(data, Email.Read),
  };
}
