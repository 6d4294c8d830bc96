import {
  AirSync,
  child,
  childElements,
  childText,
  element,
  emptyElement,
  textElement,
  type WbxmlElement,
} from "../../src/wbxml/index.js";
import { type Content, contentFrom, elementsOf, type SimulatedClass } from "./form.js";
import { must } from "./violation.js";

/** What the user did on the phone and the server was not yet heard to have done. */
type LocalChange =
  | { readonly kind: "add"; readonly clientId: string; readonly content: Content; readonly dateMs: number }
  | { readonly kind: "change"; readonly serverId: string; readonly content: Content; readonly dateMs: number }
  | { readonly kind: "delete"; readonly serverId: string };

/** A folder as one phone has it. */
export class PhoneFolder {
  readonly id: string;
  readonly itemClass: SimulatedClass;
  syncKey = "0";
  filter: string;
  /** The clock and the filter when the last Sync was answered: what the server takes the window to be. */
  syncedAtMs = 0;
  syncedFilter: string;
  readonly items = new Map<string, Content>();
  readonly queue: LocalChange[] = [];
  moreAvailable = true;
  /** A Sync was sent whose answer did not come: the server may believe that the phone has more than it has, until the next one. */
  unanswered = false;
  /** The items that the last Sync brought something about. */
  readonly #brought = new Set<string>();

  constructor(id: string, itemClass: SimulatedClass, filter: string) {
    this.id = id;
    this.itemClass = itemClass;
    this.filter = filter;
    this.syncedFilter = filter;
  }

  /** How many items the last Sync brought something about. */
  get lastBrought(): number {
    return this.#brought.size;
  }

  get started(): boolean {
    return this.syncKey !== "0";
  }

  add(clientId: string, content: Content, dateMs: number): void {
    this.queue.push({ kind: "add", clientId, content, dateMs });
  }

  change(serverId: string, content: Content, dateMs: number): void {
    this.items.set(serverId, content);
    this.#drop(serverId);
    this.queue.push({ kind: "change", serverId, content, dateMs });
  }

  delete(serverId: string): void {
    this.items.delete(serverId);
    this.#drop(serverId);
    this.queue.push({ kind: "delete", serverId });
  }

  /** The Collection of a Sync request: everything that is queued, and what the server has. */
  request(windowSize: number, getChanges: boolean): WbxmlElement {
    const head = [textElement(AirSync.SyncKey, this.syncKey), textElement(AirSync.CollectionId, this.id)];
    if (!this.started) return element(AirSync.Collection, head);
    return element(AirSync.Collection, [
      ...head,
      textElement(AirSync.DeletesAsMoves, 0),
      textElement(AirSync.GetChanges, getChanges),
      textElement(AirSync.WindowSize, windowSize),
      element(AirSync.Options, [
        textElement(AirSync.FilterType, this.filter),
        textElement(AirSync.Conflict, 1),
      ]),
      this.queue.length === 0
        ? undefined
        : element(
            AirSync.Commands,
            this.queue.map((change) => this.#command(change)),
          ),
    ]);
  }

  /**
   * Applies the answer to a request that carried the queue as it is; undefined: nothing to say.
   *
   * @param wholeAnswer whether the server's changes were asked for.
   */
  apply(collection: WbxmlElement | undefined, nowMs: number, wholeAnswer: boolean): void {
    this.syncedAtMs = nowMs;
    this.syncedFilter = this.filter;
    this.unanswered = false;
    this.#brought.clear();
    if (collection === undefined) {
      must(this.queue.length === 0 || !this.#hasAdds(), () => `${this.id}: Adds were not answered`);
      this.queue.length = 0;
      this.moreAvailable = false;
      return;
    }
    const status = childText(collection, AirSync.Status);
    must(status === "1", () => `${this.id}: Status ${status} for key ${this.syncKey}`);
    const wasStart = !this.started;
    this.syncKey = childText(collection, AirSync.SyncKey) ?? "";
    const conflicts = this.#applyResponses(child(collection, AirSync.Responses));
    this.queue.length = 0;
    for (const command of childElements(child(collection, AirSync.Commands))) this.#applyCommand(command);
    this.moreAvailable = wasStart || child(collection, AirSync.MoreAvailable) !== undefined;
    const complete = wholeAnswer && !this.moreAvailable;
    must(
      !complete || conflicts.every((serverId) => this.#brought.has(serverId)),
      () => `${this.id}: conflict on ${conflicts.join()} without the server's version`,
    );
  }

  #hasAdds(): boolean {
    return this.queue.some((change) => change.kind === "add");
  }

  #drop(serverId: string): void {
    const index = this.queue.findIndex((change) => change.kind !== "add" && change.serverId === serverId);
    if (index >= 0) this.queue.splice(index, 1);
  }

  #command(change: LocalChange): WbxmlElement {
    if (change.kind === "delete") {
      return element(AirSync.Delete, [textElement(AirSync.ServerId, change.serverId)]);
    }
    const id =
      change.kind === "add"
        ? textElement(AirSync.ClientId, change.clientId)
        : textElement(AirSync.ServerId, change.serverId);
    const data = element(AirSync.ApplicationData, elementsOf(this.itemClass, change.content, change.dateMs));
    return element(change.kind === "add" ? AirSync.Add : AirSync.Change, [id, data]);
  }

  /** @returns the items on which the server won. */
  #applyResponses(responses: WbxmlElement | undefined): string[] {
    const conflicts: string[] = [];
    const answered = new Set<string>();
    for (const response of childElements(responses)) {
      const status = childText(response, AirSync.Status);
      const serverId = childText(response, AirSync.ServerId) ?? "";
      if (response.tag === AirSync.Add) {
        const clientId = childText(response, AirSync.ClientId) ?? "";
        const added = this.queue.find((change) => change.kind === "add" && change.clientId === clientId);
        must(
          added?.kind === "add" && status === "1",
          () => `${this.id}: Add ${clientId} got Status ${status}`,
        );
        must(
          !this.items.has(serverId),
          () => `${this.id}: Add ${clientId} got ${serverId}, which is there already`,
        );
        this.items.set(serverId, added.content);
        answered.add(clientId);
      } else if (response.tag === AirSync.Change && status === "7") conflicts.push(serverId);
      else if (response.tag === AirSync.Change) {
        must(status === "8", () => `${this.id}: Change of ${serverId} got Status ${status}`);
        this.items.delete(serverId);
      }
    }
    for (const change of this.queue) {
      must(
        change.kind !== "add" || answered.has(change.clientId),
        () => `${this.id}: an Add was not answered`,
      );
    }
    return conflicts;
  }

  #applyCommand(command: WbxmlElement): void {
    const serverId = childText(command, AirSync.ServerId) ?? "";
    this.#brought.add(serverId);
    const known = this.items.get(serverId);
    const data = child(command, AirSync.ApplicationData) ?? emptyElement(AirSync.ApplicationData);
    switch (command.tag) {
      case AirSync.Add:
        must(known === undefined, () => `${this.id}: ${serverId} was added twice`);
        this.items.set(serverId, contentFrom(this.itemClass, data, undefined));
        break;
      case AirSync.Change:
        must(known !== undefined, () => `${this.id}: Change of ${serverId}, which is not there`);
        this.items.set(serverId, contentFrom(this.itemClass, data, known));
        break;
      case AirSync.Delete:
      case AirSync.SoftDelete:
        this.items.delete(serverId);
        break;
      default:
        must(false, () => `${this.id}: command ${command.tag}`);
    }
  }
}
