import { dateTimeText } from "../../application-data/date-time.js";
import type { EmailItem } from "../../mailbox/items/email.js";
import { previewOf } from "../../mailbox/items/preview.js";
import { Email, Email2, Find, type OptionalElements, optionalText, textElement } from "../../wbxml/index.js";

const importances = { low: 0, normal: 1, high: 2 } as const;

/** What a list of results shows of a mail ([MS-ASCMD] 2.2.3.139.1). */
export function mailProperties(mail: EmailItem): OptionalElements {
  const preview = mail.body === undefined ? "" : previewOf(mail.body);
  return [
    textElement(Email.Subject, mail.subject),
    optionalText(Email.DateReceived, dateTimeText(mail.dateReceivedMs)),
    textElement(Email.DisplayTo, mail.displayTo ?? namesOf(mail.to)),
    optionalText(Find.DisplayCc, mail.cc ? namesOf(mail.cc) : undefined),
    optionalText(Find.DisplayBcc, mail.bcc ? namesOf(mail.bcc) : undefined),
    textElement(Email.Importance, importances[mail.importance ?? "normal"]),
    textElement(Email.Read, mail.read),
    mail.isDraft === true ? textElement(Email2.IsDraft, true) : undefined,
    optionalText(Find.Preview, preview === "" ? undefined : preview),
    textElement(Find.HasAttachments, (mail.attachments ?? []).length > 0),
    textElement(Email.From, mail.from),
  ];
}

/** The names in an address header, or the addresses that have none, with semicolons between. */
function namesOf(addresses: string): string {
  const each = addresses.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? [];
  return each
    .map((one) =>
      one.trim().replace(/<([^<>]*)>\s*$/, (_, address: string, at: number) => (at > 0 ? "" : address)),
    )
    .map((one) =>
      one
        .trim()
        .replace(/^"(.*)"$/, "$1")
        .replaceAll(/\\(.)/g, "$1"),
    )
    .filter((name) => name !== "")
    .join("; ");
}
