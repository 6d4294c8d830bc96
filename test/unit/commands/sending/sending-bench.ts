import type { Command, CommandRequest } from "../../../../src/commands/command.js";
import { sendMail } from "../../../../src/commands/send-mail.js";
import { smartForward } from "../../../../src/commands/smart-forward.js";
import { smartReply } from "../../../../src/commands/smart-reply.js";
import { noParameters } from "../../../../src/http/query-parameters.js";
import type { MailboxItem } from "../../../../src/mailbox/items/item.js";
import { ComposeMail, element, textElement, type WbxmlElement } from "../../../../src/wbxml/index.js";
import { bytesElement } from "../../../../src/wbxml/writing.js";
import { type BenchWishes, CommandBench } from "../command-context.js";

export const alice = "alice@example.com";
export const bob = "bob@example.com";

const commands = { SendMail: sendMail, SmartReply: smartReply, SmartForward: smartForward } as const;

/** What a test says of a document; the rest is filled in. */
export interface DocumentWishes {
  readonly clientId?: string | null;
  readonly save?: boolean;
  readonly replaceMime?: boolean;
  readonly source?: readonly WbxmlElement[] | null;
  readonly extra?: readonly WbxmlElement[];
}

/** A message with CRLF line ends. */
export function message(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join("\r\n"), "utf8");
}

/** A mail to Bob, such as a phone sends it. */
export function mailToBob(
  changes: Readonly<Record<string, string | undefined>> = {},
  body = "Hi Bob",
): Buffer {
  const headers = {
    From: alice,
    To: bob,
    Subject: "Lunch",
    Date: "Sun, 22 Nov 2026 10:00:00 +0000",
    "Message-ID": "<1@phone>",
    ...changes,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return message([...lines, "", body, ""]);
}

export function sourceOf(folder: string, item: string): readonly WbxmlElement[] {
  return [textElement(ComposeMail.FolderId, folder), textElement(ComposeMail.ItemId, item)];
}

/** Commands that send, on a memory mailbox. */
export class SendingBench extends CommandBench {
  #ids = 0;

  /** Sends by a document: "sent" for an empty answer, else the status, or the kind of another outcome. */
  async mail(
    name: keyof typeof commands,
    mime: Uint8Array | undefined,
    wishes: DocumentWishes = {},
    bench: BenchWishes = {},
  ): Promise<number | string> {
    this.#ids += 1;
    const { clientId = `id-${this.#ids}`, save, replaceMime, source, extra = [] } = wishes;
    const children = [
      clientId === null ? undefined : textElement(ComposeMail.ClientId, clientId),
      source === undefined || source === null ? undefined : element(ComposeMail.Source, source),
      save === true ? element(ComposeMail.SaveInSentItems, []) : undefined,
      replaceMime === true ? element(ComposeMail.ReplaceMime, []) : undefined,
      mime === undefined ? undefined : bytesElement(ComposeMail.Mime, mime),
      ...extra,
    ];
    return this.#told(commands[name], element(ComposeMail[name], children), bench);
  }

  /** Sends as 12.1 does. */
  async raw(
    name: keyof typeof commands,
    rawBody: Uint8Array,
    parameters: BenchWishes["parameters"] = {},
  ): Promise<number | string> {
    return this.#told(commands[name], undefined, { version: "12.1", rawBody, parameters });
  }

  async #told(
    command: Command,
    document: WbxmlElement | undefined,
    wishes: BenchWishes,
  ): Promise<number | string> {
    const sequence = this.coordinator.sequence();
    const request: CommandRequest = {
      document,
      rawBody: wishes.rawBody,
      parameters: { ...noParameters, ...wishes.parameters },
      policyKey: undefined,
      receivedAtMs: this.clock.monotonicNow(),
      sequence,
      network: undefined,
    };
    const outcome = await command.run(request, this.context(wishes, sequence));
    if (outcome.kind === "common-status") return outcome.status;
    return outcome.kind === "empty" ? "sent" : outcome.kind;
  }

  /** The items of a folder, as a device would see them. */
  async items(user: string, folder: string): Promise<readonly MailboxItem[]> {
    const ids = [...this.mailbox.snapshot(user, folder).keys()];
    const view = { bodies: [], withBody: true };
    const items = await Promise.all(ids.map((id) => this.mailbox.item({ user }, folder, id, view)));
    return items.filter((item) => item !== undefined);
  }

  /** The last mail that went out, as text. */
  get out(): string {
    return Buffer.from(this.mailbox.submission.sent.at(-1)?.message ?? []).toString("utf8");
  }
}
