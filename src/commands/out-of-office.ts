import { dateTimeText } from "../application-data/date-time.js";
import { textToHtml } from "../application-data/text-to-html.js";
import {
  type MailboxOutOfOffice,
  type OutOfOffice,
  type OutOfOfficeAudience,
  type OutOfOfficeReply,
  type OutOfOfficeState,
  outOfOfficeOf,
} from "../mailbox/abilities/out-of-office.js";
import { htmlToText } from "../mailbox/items/html-to-text.js";
import { Settings } from "../wbxml/code-pages/settings.js";
import type { Tag, WbxmlElement } from "../wbxml/element.js";
import { child, childText } from "../wbxml/reading.js";
import { element, emptyElement, optionalText, textElement } from "../wbxml/writing.js";
import type { CommandContext } from "./command.js";
import { bodyTypeOf, decodeOutOfOffice } from "./out-of-office-request.js";
import { answeredWith, type PropertyReply, protocolErrorReply, SettingsStatus } from "./property-reply.js";

/** In the order in which they are answered. */
const audiences = [
  ["internal", Settings.AppliesToInternal],
  ["external-known", Settings.AppliesToExternalKnown],
  ["external-unknown", Settings.AppliesToExternalUnknown],
] as const satisfies readonly (readonly [OutOfOfficeAudience, Tag])[];

const stateNumbers = { off: 0, on: 1, timed: 2 } as const satisfies Record<OutOfOfficeState["kind"], number>;

/** Answers the Oof property of Settings, its Get or its Set ([MS-ASCMD] 2.2.3.115). */
export async function answerOutOfOffice(
  property: WbxmlElement,
  { mailbox, mailboxRef }: Pick<CommandContext, "mailbox" | "mailboxRef">,
): Promise<PropertyReply> {
  const get = child(property, Settings.Get);
  const set = child(property, Settings.Set);
  if ((get === undefined) === (set === undefined)) return protocolErrorReply;
  const able = outOfOfficeOf(mailbox);
  // Its own protocol error is what devices take for "not offered".
  if (able === undefined) return answeredWith(SettingsStatus.ProtocolError);
  if (set !== undefined) return answeredWith(await change(able, mailboxRef, set));
  const format = bodyTypeOf(childText(get, Settings.BodyType));
  if (format === undefined) return answeredWith(SettingsStatus.InvalidArguments);
  const found = await able.outOfOffice(mailboxRef);
  return { kind: "answered", status: SettingsStatus.Success, get: render(found, format) };
}

async function change(
  able: MailboxOutOfOffice,
  mailboxRef: CommandContext["mailboxRef"],
  set: WbxmlElement,
): Promise<number> {
  const asked = decodeOutOfOffice(set);
  if (asked.kind === "refused") return asked.status;
  const { kind } = await able.setOutOfOffice(mailboxRef, asked.change);
  if (kind === "forbidden") return SettingsStatus.AccessDenied;
  return kind === "invalid" ? SettingsStatus.InvalidArguments : SettingsStatus.Success;
}

function render({ state, messages }: OutOfOffice, format: OutOfOfficeReply["format"]): WbxmlElement {
  const times = state.kind === "timed" ? state : undefined;
  return element(Settings.Get, [
    textElement(Settings.OofState, stateNumbers[state.kind]),
    times && optionalText(Settings.StartTime, dateTimeText(times.startMs)),
    times && optionalText(Settings.EndTime, dateTimeText(times.endMs)),
    ...audiences.map(([audience, tag]) => {
      const message = messages[audience];
      return (
        message &&
        element(Settings.OofMessage, [
          emptyElement(tag),
          textElement(Settings.Enabled, message.enabled),
          ...(message.reply === undefined ? [] : renderReply(message.reply, format)),
        ])
      );
    }),
  ]);
}

/** In the format that the device asked for, whichever it was written in. */
function renderReply(
  { format, content }: OutOfOfficeReply,
  wanted: OutOfOfficeReply["format"],
): readonly WbxmlElement[] {
  const convert = wanted === "html" ? textToHtml : htmlToText;
  return [
    textElement(Settings.ReplyMessage, format === wanted ? content : convert(content)),
    textElement(Settings.BodyType, wanted === "html" ? "HTML" : "Text"),
  ];
}
