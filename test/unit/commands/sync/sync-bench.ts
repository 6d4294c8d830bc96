import type { CommandContext, CommandOutcome } from "../../../../src/commands/command.js";
import type { ItemSkippedEvent, SyncServedEvent } from "../../../../src/commands/command-events.js";
import { folderSync } from "../../../../src/commands/folder-sync.js";
import { sync } from "../../../../src/commands/sync/index.js";
import { noParameters } from "../../../../src/http/query-parameters.js";
import {
  AirSync,
  child,
  childElements,
  children,
  childText,
  element,
  emptyElement,
  FolderHierarchy,
  type OptionalElements,
  optionalElement,
  optionalText,
  textElement,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";
import { type BenchWishes, CommandBench, type SentCommand } from "../command-context.js";

/** One collection of a request. */
export interface CollectionWishes {
  readonly id?: string;
  readonly key: string;
  readonly getChanges?: boolean | "empty";
  readonly windowSize?: number;
  readonly options?: readonly WbxmlElement[];
  readonly supported?: readonly number[];
  readonly deletesAsMoves?: boolean;
  readonly conversationMode?: boolean;
  readonly commands?: readonly WbxmlElement[];
}

/** A collection of an answer. */
export interface CollectionAnswer {
  readonly id: string | undefined;
  readonly key: string;
  readonly status: string | undefined;
  readonly more: boolean;
  readonly adds: readonly string[];
  readonly changes: readonly string[];
  readonly deletes: readonly string[];
  readonly softDeletes: readonly string[];
  /** Name, id and Status of each response: `Add c1 s1 1`. */
  readonly responses: readonly string[];
  readonly element: WbxmlElement;
}

/** A server whose Sync is tested, and what it reported. */
export class SyncBench extends CommandBench {
  readonly served: SyncServedEvent[] = [];
  readonly skipped: ItemSkippedEvent[] = [];

  override context(wishes: BenchWishes = {}, sequence?: number): CommandContext {
    const context = super.context(wishes, ...(sequence === undefined ? [] : [sequence]));
    const events: CommandContext["events"] = {
      ...context.events,
      syncServed: (event) => this.served.push(event),
      itemSkipped: (event) => this.skipped.push(event),
    };
    return { ...context, events };
  }

  /** What every device does first. */
  async folderSync(wishes: BenchWishes = {}): Promise<void> {
    const key = textElement(FolderHierarchy.SyncKey, "0");
    await this.send(folderSync, element(FolderHierarchy.FolderSync, [key]), wishes);
  }

  /** Sends a Sync and waits until it is answered or held. */
  async sync(document: WbxmlElement | undefined, wishes: BenchWishes = {}): Promise<SentCommand> {
    const sequence = this.coordinator.sequence();
    const receivedAtMs = this.clock.monotonicNow();
    const request = {
      document,
      policyKey: undefined,
      receivedAtMs,
      sequence,
      network: undefined,
      rawBody: undefined,
      parameters: noParameters,
    };
    const sent: SentCommand = { outcome: undefined, gone: () => undefined };
    const outcome = await sync.run(request, this.context(wishes, sequence));
    if (outcome.kind === "hold") this.#hold(outcome, sent);
    else sent.outcome = outcome;
    return sent;
  }

  #hold(outcome: Extract<CommandOutcome, { kind: "hold" }>, sent: SentCommand): void {
    sent.gone = this.coordinator.hold(outcome.hold, async (ended) => {
      const resumed = await outcome.resume(ended);
      if (resumed.kind === "hold") throw new Error("Held again");
      sent.outcome = resumed;
    });
  }

  /** Syncs one collection and reads its part of the answer; throws when there is none. */
  async one(collection: CollectionWishes, wishes: BenchWishes = {}): Promise<CollectionAnswer> {
    const sent = await this.sync(syncRequest([collection]), wishes);
    const [answer] = collectionsOf(sent);
    if (answer === undefined) throw new Error(`No collection in ${JSON.stringify(sent.outcome)}`);
    return answer;
  }

  /** The first key of a collection. */
  async start(id = "inbox", wishes: BenchWishes = {}, more: Partial<CollectionWishes> = {}): Promise<string> {
    return (await this.one({ id, key: "0", ...more }, wishes)).key;
  }

  /** Everything of a folder on the device; the key behind it. */
  async all(id = "inbox", more: Partial<CollectionWishes> = {}, wishes: BenchWishes = {}): Promise<string> {
    let key = await this.start(id, wishes);
    for (;;) {
      const sent = await this.sync(syncRequest([{ id, key, ...more }]), wishes);
      const [answer] = collectionsOf(sent);
      if (answer === undefined || answer.key === key) return key;
      key = answer.key;
    }
  }

  /** A plain mail in the inbox; its id. */
  mail(subject = "Hello", receivedMs?: number, folder = "inbox"): string {
    const raw = `From: bob@example.com\r\nTo: ${this.user}\r\nSubject: ${subject}\r\n\r\n${subject} body\r\n`;
    return this.mailbox.deliver(this.user, raw, {
      folder,
      ...(receivedMs === undefined ? undefined : { receivedMs }),
    });
  }
}

/** A Sync request. */
export function syncRequest(
  collections: readonly CollectionWishes[],
  more: OptionalElements = [],
): WbxmlElement {
  const list = optionalElement(AirSync.Collections, collections.map(collectionElement));
  return element(AirSync.Sync, [list, ...more]);
}

function collectionElement(wishes: CollectionWishes): WbxmlElement {
  const { id = "inbox", key, getChanges, windowSize, options, supported, commands } = wishes;
  return element(AirSync.Collection, [
    textElement(AirSync.SyncKey, key),
    textElement(AirSync.CollectionId, id),
    supported && element(AirSync.Supported, supported.map(emptyElement)),
    optionalText(AirSync.DeletesAsMoves, wishes.deletesAsMoves),
    getChanges === "empty" ? emptyElement(AirSync.GetChanges) : optionalText(AirSync.GetChanges, getChanges),
    optionalText(AirSync.WindowSize, windowSize),
    optionalText(AirSync.ConversationMode, wishes.conversationMode),
    options && element(AirSync.Options, options),
    optionalElement(AirSync.Commands, commands ?? []),
  ]);
}

/** A client's Add. */
export function addCommand(clientId: string, data: readonly WbxmlElement[]): WbxmlElement {
  return element(AirSync.Add, [
    textElement(AirSync.ClientId, clientId),
    element(AirSync.ApplicationData, data),
  ]);
}

/** A client's Change. */
export function changeCommand(serverId: string, data: readonly WbxmlElement[]): WbxmlElement {
  return element(AirSync.Change, [
    textElement(AirSync.ServerId, serverId),
    element(AirSync.ApplicationData, data),
  ]);
}

/** A client's Delete. */
export function deleteCommand(serverId: string): WbxmlElement {
  return element(AirSync.Delete, [textElement(AirSync.ServerId, serverId)]);
}

/** A client's Fetch. */
export function fetchCommand(serverId: string): WbxmlElement {
  return element(AirSync.Fetch, [textElement(AirSync.ServerId, serverId)]);
}

/** A FilterType option. */
export function filterOption(value: number): readonly WbxmlElement[] {
  return [textElement(AirSync.FilterType, value)];
}

/** The collections of an answer; none for an empty one. Throws for any other. */
export function collectionsOf(sent: SentCommand): readonly CollectionAnswer[] {
  if (sent.outcome?.kind === "empty") return [];
  if (sent.outcome?.kind !== "document") throw new Error(`No document: ${JSON.stringify(sent.outcome)}`);
  return children(child(sent.outcome.document, AirSync.Collections), AirSync.Collection).map(readCollection);
}

/** The Status and Limit of an answer for the whole request: `14 59`. */
export function topLevelOf(sent: SentCommand): string {
  if (sent.outcome?.kind !== "document") throw new Error(`No document: ${JSON.stringify(sent.outcome)}`);
  return childElements(sent.outcome.document)
    .map(({ content }) => String(content))
    .join(" ");
}

function readCollection(collection: WbxmlElement): CollectionAnswer {
  const commands = child(collection, AirSync.Commands);
  const ids = (tag: number): readonly string[] =>
    children(commands, tag).map((command) => childText(command, AirSync.ServerId) ?? "");
  return {
    id: childText(collection, AirSync.CollectionId),
    key: childText(collection, AirSync.SyncKey) ?? "",
    status: childText(collection, AirSync.Status),
    more: child(collection, AirSync.MoreAvailable) !== undefined,
    adds: ids(AirSync.Add),
    changes: ids(AirSync.Change),
    deletes: ids(AirSync.Delete),
    softDeletes: ids(AirSync.SoftDelete),
    responses: childElements(child(collection, AirSync.Responses)).map(readResponse),
    element: collection,
  };
}

const responseNames = new Map<number, string>([
  [AirSync.Add, "Add"],
  [AirSync.Change, "Change"],
  [AirSync.Delete, "Delete"],
  [AirSync.Fetch, "Fetch"],
]);

function readResponse(response: WbxmlElement): string {
  return [
    responseNames.get(response.tag),
    childText(response, AirSync.ClientId),
    childText(response, AirSync.ServerId),
    childText(response, AirSync.Status),
  ]
    .filter((part) => part !== undefined)
    .join(" ");
}

/** The ApplicationData of a command or response for an item. */
export function dataOf(
  answer: CollectionAnswer,
  part: "Commands" | "Responses",
  serverId: string,
): WbxmlElement | undefined {
  const found = childElements(child(answer.element, AirSync[part])).find(
    (entry) => childText(entry, AirSync.ServerId) === serverId,
  );
  return child(found, AirSync.ApplicationData);
}
