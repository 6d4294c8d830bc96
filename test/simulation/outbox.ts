import {
  AirSync,
  AirSyncBase,
  ComposeMail,
  child,
  childElements,
  childText,
  Email,
  Email2,
  element,
  emptyElement,
  textElement,
  type WbxmlElement,
} from "../../src/wbxml/index.js";
import { bytesElement } from "../../src/wbxml/writing.js";
import { carry, type Fate, type Heard, type Sender } from "./carrier.js";
import { isDown } from "./outage.js";
import type { PhoneWorld } from "./phone-world.js";
import { must } from "./violation.js";

/** A mail that the user has written, and the server is not yet heard to have sent. */
interface UnsentMail {
  readonly clientId: string;
  readonly title: string;
  readonly to: string;
}

/** A draft on its way: it is stored first, or sent as it is added. */
interface UnsentDraft extends UnsentMail {
  readonly isStoredFirst: boolean;
  /** Once it is stored. */
  serverId?: string;
}

const drafts = "drafts";

/** The mails that one phone has yet to send, by SendMail or as drafts. */
export class Outbox {
  readonly #mails: UnsentMail[] = [];
  readonly #drafts: UnsentDraft[] = [];
  readonly #world: PhoneWorld;
  readonly #sender: Sender;
  #clientIds = 0;
  #draftsKey = "0";
  /** {@link PhoneWorld.emptied} when the drafts were last answered. */
  #emptied = 0;

  constructor(sender: Sender, world: PhoneWorld) {
    this.#sender = sender;
    this.#world = world;
  }

  get isEmpty(): boolean {
    return this.#mails.length === 0 && this.#drafts.length === 0;
  }

  get hasDrafts(): boolean {
    return this.#drafts.length > 0;
  }

  /** The user writes a mail. */
  write(title: string, to: string): void {
    this.#mails.push({ clientId: `m${++this.#clientIds}`, title, to });
  }

  /** The user writes a draft that is then sent. */
  writeDraft(title: string, to: string): void {
    const isStoredFirst = this.#world.random.chance(0.6);
    this.#drafts.push({ clientId: `d${++this.#clientIds}`, title, to, isStoredFirst });
  }

  /** Sends the oldest mail, or tries to. Returns whether the phone heard the answer. */
  async send(fate: Fate): Promise<boolean> {
    const [mail] = this.#mails;
    if (mail === undefined) return true;
    const { user } = this.#sender;
    const mime = Buffer.from(`To: ${mail.to}\r\nSubject: ${mail.title}\r\n\r\n${mail.title}\r\n`);
    const document = element(ComposeMail.SendMail, [
      textElement(ComposeMail.ClientId, mail.clientId),
      emptyElement(ComposeMail.SaveInSentItems),
      bytesElement(ComposeMail.Mime, mime),
    ]);
    const overhear = (answer: Heard): void => {
      const isSent = answer.kind === "answered" && answer.status === 200 && answer.document === undefined;
      if (isSent) this.#world.sentMails.answered(mail.title);
    };
    const heard = await carry(this.#world.server(), this.#sender, "SendMail", document, fate, overhear).heard;
    if (heard.kind === "lost") return false;
    const status = childText(heard.document, ComposeMail.Status);
    // Another process is at it, or died in the middle.
    if (status === "111" || isDown(heard, undefined, this.#world)) return false;
    must(heard.document === undefined, () => `${user}: SendMail got Status ${status}`);
    this.#world.sentMails.promised(user, mail.title);
    this.#mails.shift();
    return true;
  }

  /** Syncs the drafts up: stores the new ones, and sends those that are stored. Returns whether the phone heard the answer. */
  async syncDrafts(fate: Fate): Promise<boolean> {
    const isStart = this.#draftsKey === "0";
    const emptied = this.#world.emptied();
    const sent = isStart ? [] : [...this.#drafts];
    const document = element(AirSync.Sync, [
      element(AirSync.Collections, [
        element(AirSync.Collection, [
          textElement(AirSync.SyncKey, this.#draftsKey),
          textElement(AirSync.CollectionId, drafts),
          isStart ? undefined : textElement(AirSync.GetChanges, 0),
          sent.length === 0 ? undefined : element(AirSync.Commands, sent.map(commandOf)),
        ]),
      ]),
    ]);
    const overhear = (answer: Heard): void => {
      const [collection] = collectionsOf(answer);
      if (childText(collection, AirSync.Status) !== "1") return;
      for (const draft of sent) {
        if (isSending(draft) && statusOf(draft, collection) === "1")
          this.#world.sentMails.answered(draft.title);
      }
    };
    const heard = await carry(this.#world.server(), this.#sender, "Sync", document, fate, overhear).heard;
    if (heard.kind === "lost") return false;
    const topStatus = childText(heard.document, AirSync.Status);
    if (isDown(heard, topStatus, this.#world) || topStatus === "12") return false;
    if (heard.document === undefined) return sent.length === 0;
    const [collection] = collectionsOf(heard);
    const status = childText(collection, AirSync.Status);
    if (status === "16") return false;
    if (status === "3" && this.#emptied < this.#world.emptied()) {
      this.#draftsKey = "0";
      for (const { title } of this.#drafts) this.#world.sentMails.askedAnew(title);
      return false;
    }
    this.#emptied = emptied;
    must(status === "1", () => `${this.#sender.deviceId}: the drafts got Status ${status ?? topStatus}`);
    this.#draftsKey = childText(collection, AirSync.SyncKey) ?? "0";
    for (const draft of sent) this.#hear(draft, collection);
    return true;
  }

  #hear(draft: UnsentDraft, collection: WbxmlElement | undefined): void {
    const { user } = this.#sender;
    const status = statusOf(draft, collection);
    const isRemoved = draft.serverId !== undefined && !this.#world.mailboxHas(user, drafts, draft.serverId);
    if (status === "8" && isRemoved) {
      // Others were faster.
      this.#drafts.splice(this.#drafts.indexOf(draft), 1);
      return;
    }
    must(status === "1", () => `${user}: the draft "${draft.title}" got Status ${status}`);
    if (!isSending(draft)) {
      draft.serverId = childText(responseTo(draft, collection), AirSync.ServerId) ?? "";
      return;
    }
    const { ledger, sentMails } = this.#world;
    // Others have removed the draft when the mail was out and its copy not yet kept: there is nothing left to make one of.
    if (draft.serverId !== undefined && ledger.isRemoved(user, drafts, draft.serverId)) {
      sentMails.told(draft.title);
    } else sentMails.promised(user, draft.title);
    this.#drafts.splice(this.#drafts.indexOf(draft), 1);
  }
}

/** Whether the command about it is to send it. */
function isSending({ isStoredFirst, serverId }: UnsentDraft): boolean {
  return !isStoredFirst || serverId !== undefined;
}

function collectionsOf(answer: Heard): readonly WbxmlElement[] {
  return answer.kind === "lost" ? [] : childElements(child(answer.document, AirSync.Collections));
}

function responseTo(
  { clientId, serverId }: UnsentDraft,
  collection: WbxmlElement | undefined,
): WbxmlElement | undefined {
  const [tag, id] = serverId === undefined ? [AirSync.ClientId, clientId] : [AirSync.ServerId, serverId];
  const responses = childElements(child(collection, AirSync.Responses));
  return responses.find((one) => childText(one, tag) === id);
}

/** Of a Change that succeeded nothing is said. */
function statusOf(draft: UnsentDraft, collection: WbxmlElement | undefined): string {
  const silence = draft.serverId === undefined ? "nothing" : "1";
  return childText(responseTo(draft, collection), AirSync.Status) ?? silence;
}

function commandOf({ clientId, serverId, title, to, isStoredFirst }: UnsentDraft): WbxmlElement {
  const send = emptyElement(Email2.Send);
  if (serverId !== undefined) {
    return element(AirSync.Change, [textElement(AirSync.ServerId, serverId), send]);
  }
  const data = [
    textElement(Email.To, to),
    textElement(Email.Subject, title),
    element(AirSyncBase.Body, [textElement(AirSyncBase.Type, 1), textElement(AirSyncBase.Data, title)]),
  ];
  return element(AirSync.Add, [
    textElement(AirSync.ClientId, clientId),
    element(AirSync.ApplicationData, data),
    isStoredFirst ? undefined : send,
  ]);
}
