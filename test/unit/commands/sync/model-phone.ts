import {
  AirSync,
  Contacts,
  child,
  childElements,
  children,
  childText,
  Email,
  textElement,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";
import {
  addCommand,
  changeCommand,
  collectionsOf,
  deleteCommand,
  type SyncBench,
  syncRequest,
} from "./sync-bench.js";

/** What happens to a request on its way. */
export type Fate = "arrives" | "request-lost" | "answer-lost" | "sent-twice" | "server-dies";

type QueuedCommand =
  | { readonly kind: "add"; readonly clientId: string; readonly name: string }
  | { readonly kind: "change"; readonly serverId: string; readonly value: string }
  | { readonly kind: "delete"; readonly serverId: string };

/** A phone that syncs one folder, contacts by their first name or mails by their Read flag, over a network that loses things. */
export class ModelPhone {
  readonly #server: SyncBench;
  readonly folder: "contacts" | "inbox";
  readonly filterType: number;
  /** Items by server id: the name of a contact, the Read flag of a mail. */
  readonly items = new Map<string, string>();
  /** Own items that the server has not confirmed. */
  readonly unconfirmed = new Map<string, string>();
  #queue: QueuedCommand[] = [];
  #key = "0";
  #clientIds = 0;
  /** Times that the phone had to start over. */
  restarts = 0;

  constructor(server: SyncBench, folder: "contacts" | "inbox", filterType = 0) {
    this.#server = server;
    this.folder = folder;
    this.filterType = filterType;
  }

  /** The user adds a contact. */
  add(name: string): void {
    const clientId = `c${++this.#clientIds}`;
    this.unconfirmed.set(clientId, name);
    this.#queue.push({ kind: "add", clientId, name });
  }

  /** The user changes the item at an index, if there is one. */
  change(index: number, value: string): void {
    const serverId = this.#at(index);
    if (serverId === undefined) return;
    this.items.set(serverId, value);
    this.#queue = this.#queue.filter((command) => command.kind !== "change" || command.serverId !== serverId);
    this.#queue.push({ kind: "change", serverId, value });
  }

  /** The user deletes the item at an index, if there is one. */
  remove(index: number): void {
    const serverId = this.#at(index);
    if (serverId === undefined) return;
    this.items.delete(serverId);
    this.#queue = this.#queue.filter((command) => command.kind === "add" || command.serverId !== serverId);
    this.#queue.push({ kind: "delete", serverId });
  }

  /** One Sync. Returns whether there is more to do. */
  async sync(fate: Fate, windowSize: number): Promise<boolean> {
    const queue = this.#key === "0" ? [] : [...this.#queue];
    const options = [textElement(AirSync.FilterType, this.filterType)];
    const collection = {
      id: this.folder,
      key: this.#key,
      windowSize,
      commands: queue.map(commandOf),
      options,
    };
    const request = syncRequest([collection]);
    if (fate === "request-lost") return true;
    if (fate === "answer-lost") {
      await this.#server.sync(request);
      return true;
    }
    if (fate === "server-dies") {
      await this.#dyingServer(() => this.#server.sync(request));
      return true;
    }
    if (fate === "sent-twice") {
      const [, second] = await Promise.all([this.#server.sync(request), this.#server.sync(request)]);
      return this.#take(collectionsOf(second)[0]?.element, queue);
    }
    return this.#take(collectionsOf(await this.#server.sync(request))[0]?.element, queue);
  }

  /** Syncs without losses until there is nothing left to do. */
  async settle(): Promise<void> {
    for (let round = 0; round < 200; round += 1) if (!(await this.sync("arrives", 50))) return;
    throw new Error("The phone never comes to rest");
  }

  /** What the request did to the mailbox stays; nothing of it is noted in the state. */
  async #dyingServer(send: () => Promise<unknown>): Promise<void> {
    const { state } = this.#server;
    const write = state.write.bind(state);
    state.write = async () => {
      throw new Error("The process has ended");
    };
    await send();
    state.write = write;
  }

  #take(answer: WbxmlElement | undefined, queue: readonly QueuedCommand[]): boolean {
    if (answer === undefined) return false;
    const status = childText(answer, AirSync.Status);
    if (status === "3") {
      this.#key = "0";
      this.items.clear();
      this.restarts += 1;
      return true;
    }
    if (status !== "1") throw new Error(`Status ${status}`);
    const isFirst = this.#key === "0";
    this.#key = childText(answer, AirSync.SyncKey) ?? "";
    for (const response of children(child(answer, AirSync.Responses), AirSync.Add)) this.#takeAdded(response);
    for (const command of childElements(child(answer, AirSync.Commands))) this.#takeCommand(command);
    this.#queue = this.#queue.filter((command) => !queue.includes(command));
    return isFirst || child(answer, AirSync.MoreAvailable) !== undefined || queue.length > 0;
  }

  #takeAdded(response: WbxmlElement): void {
    const clientId = childText(response, AirSync.ClientId) ?? "";
    const serverId = childText(response, AirSync.ServerId);
    const name = this.unconfirmed.get(clientId);
    this.unconfirmed.delete(clientId);
    if (serverId !== undefined && name !== undefined) this.items.set(serverId, name);
  }

  #takeCommand(command: WbxmlElement): void {
    const serverId = childText(command, AirSync.ServerId) ?? "";
    if (command.tag === AirSync.Delete || command.tag === AirSync.SoftDelete) {
      this.items.delete(serverId);
      return;
    }
    const data = child(command, AirSync.ApplicationData);
    const value = childText(data, this.folder === "inbox" ? Email.Read : Contacts.FirstName);
    if (value !== undefined) this.items.set(serverId, value);
  }

  #at(index: number): string | undefined {
    const ids = [...this.items.keys()];
    return ids[index % Math.max(1, ids.length)];
  }
}

function commandOf(command: QueuedCommand): WbxmlElement {
  switch (command.kind) {
    case "add":
      return addCommand(command.clientId, [textElement(Contacts.FirstName, command.name)]);
    case "change":
      return changeCommand(command.serverId, [changed(command.value)]);
    case "delete":
      return deleteCommand(command.serverId);
  }
}

/** "0" and "1" are Read flags; everything else is a name. */
function changed(value: string): WbxmlElement {
  return value === "0" || value === "1"
    ? textElement(Email.Read, value)
    : textElement(Contacts.FirstName, value);
}
