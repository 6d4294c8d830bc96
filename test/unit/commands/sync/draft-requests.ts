import type { EmailItem } from "../../../../src/mailbox/items/email.js";
import {
  AirSync,
  AirSyncBase,
  child,
  childElements,
  childText,
  Email,
  Email2,
  element,
  emptyElement,
  textElement,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";
import { bytesElement } from "../../../../src/wbxml/writing.js";
import type { BenchWishes } from "../command-context.js";
import { FolderBench } from "./folder-bench.js";
import { type CollectionAnswer, changeCommand, dataOf } from "./sync-bench.js";

export const alice = "alice@example.com";
export const bob = "bob@example.com";
export const drafts = "drafts";

/** What a phone writes of a draft. */
export interface Written {
  readonly to?: string;
  readonly cc?: string;
  readonly bcc?: string;
  readonly subject?: string;
  readonly importance?: 0 | 1 | 2;
  readonly text?: string;
  readonly html?: string;
  readonly mime?: string;
  readonly read?: 0 | 1;
  readonly attachments?: readonly WbxmlElement[];
}

/** The children of its ApplicationData. */
export function written(draft: Written): WbxmlElement[] {
  const { text, html, mime, attachments } = draft;
  const texts = [
    [Email.To, draft.to],
    [Email.Cc, draft.cc],
    [Email2.Bcc, draft.bcc],
    [Email.Subject, draft.subject],
    [Email.Importance, draft.importance],
    [Email.Read, draft.read],
  ] as const;
  const bodies = [
    [1, text],
    [2, html],
    [4, mime],
  ] as const;
  return [
    ...texts.flatMap(([tag, value]) => (value === undefined ? [] : [textElement(tag, value)])),
    ...bodies.flatMap(([type, data]) =>
      data === undefined
        ? []
        : [
            element(AirSyncBase.Body, [
              textElement(AirSyncBase.Type, type),
              textElement(AirSyncBase.Data, data),
            ]),
          ],
    ),
    ...(attachments === undefined ? [] : [element(AirSyncBase.Attachments, attachments)]),
  ];
}

/** An attachment that a phone adds. */
export function attach(
  clientId: string,
  name: string,
  content: string,
  extra: readonly WbxmlElement[] = [],
  contentType = "text/plain",
): WbxmlElement {
  return element(AirSyncBase.Add, [
    textElement(AirSyncBase.ClientId, clientId),
    textElement(AirSyncBase.DisplayName, name),
    textElement(AirSyncBase.Method, 1),
    textElement(AirSyncBase.ContentType, contentType),
    bytesElement(AirSyncBase.Content, Buffer.from(content)),
    ...extra,
  ]);
}

/** An attachment that a phone takes away. */
export function detach(fileReference: string): WbxmlElement {
  return element(AirSyncBase.Delete, [textElement(AirSyncBase.FileReference, fileReference)]);
}

/** The command with the element that has its draft sent. */
export function sending(command: WbxmlElement): WbxmlElement {
  const content = Array.isArray(command.content) ? command.content : [];
  return element(command.tag, [...content, emptyElement(Email2.Send)]);
}

/** A phone that writes drafts, and the mailbox that keeps them. */
export class DraftBench extends FolderBench {
  static async begin(wishes: BenchWishes = {}): Promise<DraftBench> {
    return new DraftBench(drafts, wishes).setUp();
  }

  /** Stores a draft; its id. */
  async draft(draft: Written, clientId = "c1"): Promise<string> {
    return this.add(written(draft), clientId);
  }

  /** Changes a draft. */
  async edit(id: string, draft: Written): Promise<CollectionAnswer> {
    return this.up([changeCommand(id, written(draft))]);
  }

  async stored(id: string, folder = drafts): Promise<EmailItem> {
    const view = { bodies: [], withBody: true };
    const item = await this.mailbox.item({ user: this.user }, folder, id, view);
    if (item?.class !== "Email") throw new Error(`${id} is not in ${folder}`);
    return item;
  }

  /** The message of a draft, as text. */
  async message(id: string): Promise<string> {
    return Buffer.from((await this.stored(id)).body?.mime?.data ?? []).toString("utf8");
  }

  /** What is in an attachment. */
  async attached(fileReference: string): Promise<string | undefined> {
    const opened = await this.mailbox.attachment({ user: this.user }, fileReference);
    if (opened.kind !== "attachment") return undefined;
    const chunks: Uint8Array[] = [];
    for await (const chunk of opened.content) chunks.push(chunk);
    return Buffer.concat(chunks).toString("utf8");
  }

  /** Everything that went out, as text. */
  get out(): readonly string[] {
    return this.mailbox.submission.sent.map(({ message }) => Buffer.from(message).toString("utf8"));
  }
}

/** Which FileReference each attachment of a response has, by ClientId. */
export function toldReferences(answer: CollectionAnswer, serverId: string): ReadonlyMap<string, string> {
  const list = child(dataOf(answer, "Responses", serverId), AirSyncBase.Attachments);
  return new Map(
    childElements(list).map((one) => [
      childText(one, AirSyncBase.ClientId) ?? "",
      childText(one, AirSyncBase.FileReference) ?? "",
    ]),
  );
}

/** A Change that says nothing but that its draft is to be sent. */
export function sendOnly(serverId: string): WbxmlElement {
  return sending(element(AirSync.Change, [textElement(AirSync.ServerId, serverId)]));
}
