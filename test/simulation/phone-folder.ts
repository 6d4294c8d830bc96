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
import { type Content, contentFrom, type SimulatedClass } from "./form.js";
import type { Ledger } from "./ledger.js";
import { commandOf, type LocalChange } from "./local-change.js";
import { must } from "./violation.js";

/** What a phone asks of one folder, in so many words or by leaving them out. */
export interface Ask {
  readonly folder: PhoneFolder;
  readonly windowSize: number;
  readonly getChanges: boolean;
  readonly filter: string;
  readonly deletesAsMoves: boolean;
  /** An item to be fetched. */
  readonly fetch: string | undefined;
}

/** A folder as one phone has it. */
export class PhoneFolder {
  readonly id: string;
  readonly itemClass: SimulatedClass;
  /** Whether a user has made it. */
  readonly isOwn: boolean;
  /** Whether the server's version wins. */
  readonly serverWins: boolean;
  syncKey = "0";
  /** The key of the last request that was answered: the server knows that the phone has it, and takes none that is older. */
  confirmedKey = "0";
  filter: string;
  /** What the clock and the filter were in the last Sync that was answered, when it was sent and when it was heard. */
  synced: { readonly filter: string; readonly timesMs: readonly number[] };
  readonly items = new Map<string, Content>();
  readonly queue: LocalChange[] = [];
  moreAvailable = true;
  /** A Sync was sent whose answer did not come: the server may believe that the phone has more than it has, until the next one. */
  unanswered = false;
  /** The process died after a Sync was sent: it may have worked in a change, and nobody knows any more that it was this phone's. */
  isInDoubt = false;
  /** The mailbox forgot how far the phone had come, so that the next Sync looks at everything. */
  cursorLost = false;
  /** The phone has moved something into it: the server does not know whether the phone has that, and tells of it in any case should it go. */
  hasArrival = false;
  /** Items that the phone asked to be moved out of it, and has not heard what became of that: that they are gone is told by the next Sync alone. */
  readonly movedAway = new Set<string>();
  /** An appointment was answered once more, which the phone may be told of and does not see. */
  wasAnsweredAgain = false;
  /** Others acted in the middle of the last Sync: an item may have come newer than the server believes, and be told again. */
  wasDisturbed = false;
  /** {@link PhoneWorld.emptied} when it was last answered. */
  emptied = 0;
  /** How often a Ping has told of it since the phone last asked for its changes. */
  reports = 0;
  readonly #user: string;
  readonly #ledger: Ledger;
  /** The items that the last Sync brought something about. */
  readonly #brought = new Set<string>();

  constructor(
    place: { user: string; id: string; itemClass: SimulatedClass; serverWins: boolean; isOwn: boolean },
    filter: string,
    ledger: Ledger,
  ) {
    this.id = place.id;
    this.itemClass = place.itemClass;
    this.isOwn = place.isOwn;
    this.serverWins = place.serverWins;
    this.filter = filter;
    this.synced = { filter, timesMs: [] };
    this.#user = place.user;
    this.#ledger = ledger;
  }

  /** How many items the last Sync brought something about. */
  get lastBrought(): number {
    return this.#brought.size;
  }

  get started(): boolean {
    return this.syncKey !== "0";
  }

  /** Forgets everything, as when the user removes the account and sets it up again. */
  startOver(): void {
    this.syncKey = "0";
    this.confirmedKey = "0";
    this.items.clear();
    this.movedAway.clear();
    this.queue.length = 0;
    this.moreAvailable = true;
    this.unanswered = false;
  }

  add(clientId: string, content: Content, dateMs: number): void {
    this.queue.push({ kind: "add", clientId, content, dateMs });
  }

  change(serverId: string, content: Content, dateMs: number, isBroken: boolean): void {
    const dropped = this.#drop(serverId);
    const had = this.items.get(serverId)?.title ?? "";
    const basis = [...(dropped?.kind === "change" ? dropped.basis : []), had];
    this.items.set(serverId, content);
    this.queue.push({ kind: "change", serverId, content, dateMs, basis, isBroken });
  }

  delete(serverId: string): void {
    this.items.delete(serverId);
    this.#drop(serverId);
    this.queue.push({ kind: "delete", serverId });
    this.#ledger.doomed(this.#user, this.id, serverId);
  }

  /** The Collection of a Sync request: everything that is queued, and what the server has. */
  request(ask: Ask): WbxmlElement {
    const head = [textElement(AirSync.SyncKey, this.syncKey), textElement(AirSync.CollectionId, this.id)];
    if (!this.started) return element(AirSync.Collection, head);
    const commands = this.queue.map((change) => commandOf(change, this.itemClass));
    if (!this.#isBinning(ask)) this.#noteDestroyed();
    if (ask.fetch !== undefined) {
      commands.push(element(AirSync.Fetch, [textElement(AirSync.ServerId, ask.fetch)]));
    }
    return element(AirSync.Collection, [
      ...head,
      textElement(AirSync.DeletesAsMoves, ask.deletesAsMoves),
      textElement(AirSync.GetChanges, ask.getChanges),
      textElement(AirSync.WindowSize, ask.windowSize),
      element(AirSync.Options, [
        textElement(AirSync.FilterType, ask.filter),
        textElement(AirSync.Conflict, this.serverWins ? 1 : 0),
      ]),
      commands.length === 0 ? undefined : element(AirSync.Commands, commands),
    ]);
  }

  /** Applies the answer to a request that carried the queue as it is; undefined: nothing to say. */
  apply(ask: Ask, collection: WbxmlElement | undefined, timesMs: readonly number[]): void {
    // Without GetChanges the window stays where it was.
    const earlierMs = ask.getChanges ? [] : this.synced.timesMs;
    this.synced = { filter: ask.filter, timesMs: [...earlierMs, ...timesMs] };
    this.unanswered = false;
    if (ask.getChanges) this.reports = 0;
    this.#brought.clear();
    const wasStart = !this.started;
    this.confirmedKey = this.syncKey;
    if (collection !== undefined) {
      const status = childText(collection, AirSync.Status);
      must(status === "1", () => `${this.id}: Status ${status} for key ${this.syncKey}`);
      this.syncKey = childText(collection, AirSync.SyncKey) ?? "";
    }
    const responses = childElements(child(collection, AirSync.Responses));
    const refused = this.#applyResponses(ask, responses);
    this.#noteDone(ask, refused);
    const sent = this.queue.splice(0);
    const deleted = new Set(sent.map((change) => (change.kind === "delete" ? change.serverId : undefined)));
    for (const command of childElements(child(collection, AirSync.Commands))) {
      const serverId = childText(command, AirSync.ServerId);
      must(!deleted.has(serverId), () => `${this.id}: ${serverId}, which the phone deleted, was sent to it`);
      this.#applyCommand(command);
    }
    this.moreAvailable =
      !ask.getChanges ||
      (collection !== undefined && (wasStart || child(collection, AirSync.MoreAvailable) !== undefined));
    if (ask.getChanges && !this.moreAvailable) this.#checkRefused(refused, sent);
    this.isInDoubt = false;
    if (ask.getChanges && !this.moreAvailable) {
      this.cursorLost = false;
      this.hasArrival = false;
      this.movedAway.clear();
      this.wasAnsweredAgain = false;
    }
  }

  /** Whether what is deleted goes to the deleted items. */
  #isBinning({ deletesAsMoves }: Ask): boolean {
    return deletesAsMoves && this.itemClass === "Email" && this.id !== "deleted";
  }

  #noteDestroyed(): void {
    for (const change of this.queue) {
      if (change.kind === "delete") this.#ledger.destroyed(this.#user, this.id, change.serverId);
    }
  }

  #drop(serverId: string): LocalChange | undefined {
    const index = this.queue.findIndex((change) => change.kind !== "add" && change.serverId === serverId);
    return index >= 0 ? this.queue.splice(index, 1)[0] : undefined;
  }

  /** @returns the Status of each item whose Change was refused. */
  #applyResponses(ask: Ask, responses: readonly WbxmlElement[]): Map<string, string> {
    const refused = new Map<string, string>();
    const answered = new Set<string>();
    for (const response of responses) {
      const status = childText(response, AirSync.Status) ?? "";
      const serverId = childText(response, AirSync.ServerId) ?? "";
      if (response.tag === AirSync.Add) {
        const clientId = childText(response, AirSync.ClientId) ?? "";
        this.#added(clientId, serverId, status);
        answered.add(clientId);
      } else if (response.tag === AirSync.Fetch) this.#fetched(ask, response);
      else {
        must(response.tag === AirSync.Change, () => `${this.id}: Delete of ${serverId} got Status ${status}`);
        refused.set(serverId, status);
        if (status === "8") this.items.delete(serverId);
      }
    }
    for (const change of this.queue) {
      must(
        change.kind !== "add" || answered.has(change.clientId),
        () => `${this.id}: an Add was not answered`,
      );
    }
    return refused;
  }

  #added(clientId: string, serverId: string, status: string): void {
    const added = this.queue.find((change) => change.kind === "add" && change.clientId === clientId);
    must(added?.kind === "add" && status === "1", () => `${this.id}: Add ${clientId} got Status ${status}`);
    must(
      !this.items.has(serverId),
      () => `${this.id}: Add ${clientId} got ${serverId}, which is there already`,
    );
    this.items.set(serverId, added.content);
    this.#ledger.stored(this.#user, this.id, serverId);
  }

  #fetched(ask: Ask, response: WbxmlElement): void {
    const serverId = childText(response, AirSync.ServerId) ?? "";
    const status = childText(response, AirSync.Status);
    must(serverId === ask.fetch, () => `${this.id}: ${serverId} was not asked for`);
    if (status === "8") return;
    const data = child(response, AirSync.ApplicationData);
    must(status === "1" && data !== undefined, () => `${this.id}: Fetch of ${serverId} got Status ${status}`);
    const has = this.items.get(serverId);
    const { title } = contentFrom(this.itemClass, data, undefined);
    must(
      has === undefined || has.title === title,
      () => `${this.id}: Fetch of ${serverId} brought "${title}"`,
    );
  }

  /** What was not refused is done. */
  #noteDone(ask: Ask, refused: ReadonlyMap<string, string>): void {
    for (const change of this.queue) {
      if (change.kind === "add") continue;
      const status = refused.get(change.serverId);
      const what = `${this.id}: ${change.kind} of ${change.serverId}`;
      if (change.kind === "delete") {
        this.#ledger.removed(this.#user, this.id, change.serverId);
        if (this.#isBinning(ask)) this.#ledger.binned(this.#user, this.id, change.serverId);
      } else if (change.isBroken)
        must(status === "6" || status === "8", () => `${what} got Status ${status}`);
      else if (status === undefined) this.#checkBasis(change, what);
      else if (status !== "7" || !(this.serverWins || this.wasDisturbed)) {
        must(status === "8", () => `${what} got Status ${status}`);
      }
    }
  }

  /** Where the server wins, a phone replaces nothing that it has not seen. */
  #checkBasis(change: Extract<LocalChange, { kind: "change" }>, what: string): void {
    if (this.itemClass === "Email" || !this.serverWins) return;
    const replaced = this.#ledger.replacedBy(change.content.title);
    must(
      replaced === undefined || change.basis.includes(replaced),
      () => `${what} replaced "${replaced}", which the phone has never seen`,
    );
  }

  /** A phone whose change was refused is given the server's version, and in a conflict that is another's. */
  #checkRefused(refused: ReadonlyMap<string, string>, sent: readonly LocalChange[]): void {
    for (const [serverId, status] of refused) {
      if (status === "8") continue;
      const what = `${this.id}: Status ${status} on ${serverId}`;
      must(this.#brought.has(serverId), () => `${what} without the server's version`);
      const change = sent.find((one) => one.kind === "change" && one.serverId === serverId);
      const title = this.items.get(serverId)?.title ?? "";
      if (status !== "7" || this.itemClass === "Email" || change?.kind !== "change") continue;
      // The server has sent a newer version than it had looked at, and takes that for another's.
      if (this.#ledger.wasSetMeanwhile(title)) continue;
      const ownTitles = this.isInDoubt ? change.basis.slice(0, 1) : change.basis;
      must(!ownTitles.includes(title), () => `${what}, where nobody but the phone has changed it`);
    }
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
