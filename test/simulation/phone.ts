import { AirSync, child, childElements, childText, Ping, type WbxmlElement } from "../../src/wbxml/index.js";
import { carry, type Fate, type Heard, type Sender } from "./carrier.js";
import { editItem } from "./edit-item.js";
import { contentTitled } from "./form.js";
import { MeetingAnswers } from "./meeting-answers.js";
import { moveItem } from "./move-item.js";
import { checkOldKeys } from "./old-keys.js";
import { OrganizedMeetings } from "./organized-meetings.js";
import { isDown } from "./outage.js";
import { Outbox } from "./outbox.js";
import type { Ask, PhoneFolder } from "./phone-folder.js";
import { PhoneTree } from "./phone-tree.js";
import type { HeldRequest, PhoneWorld } from "./phone-world.js";
import {
  emptySync,
  fullSync,
  isUnchanged,
  partialSync,
  pingOn,
  type SyncRequest,
  type SyncSender,
} from "./requests.js";
import { must } from "./violation.js";
import { filtersOf } from "./window.js";

/** One phone: what it knows of the mailbox, and what its user does to it. */
export class SimulatedPhone implements Sender {
  readonly user: string;
  readonly deviceId: string;
  readonly version: string;
  readonly tree: PhoneTree;
  readonly outbox: Outbox;
  readonly meetings: MeetingAnswers;
  readonly organized: OrganizedMeetings;
  held: HeldRequest | undefined;
  /** What it waited for last and gave up without the server having been told. */
  abandoned: HeldRequest | undefined;
  #clientIds = 0;
  #last: SyncRequest | undefined;
  #resendable: WbxmlElement | undefined;
  readonly #world: PhoneWorld;

  constructor(user: string, deviceId: string, version: string, world: PhoneWorld) {
    this.user = user;
    this.deviceId = deviceId;
    this.version = version;
    this.#world = world;
    this.tree = new PhoneTree(user, world);
    this.outbox = new Outbox(this, world);
    this.meetings = new MeetingAnswers(this, world);
    this.organized = new OrganizedMeetings(this, world.meetingsFolder(user), world);
  }

  /** The folders that it syncs. */
  get folders(): ReadonlyMap<string, PhoneFolder> {
    return this.tree.folders;
  }

  /** Asks for the folder tree. */
  async folderSync(fate: Fate): Promise<boolean> {
    return this.tree.ask(this, fate);
  }

  /** What the phone would ask of some folders now; some of it by chance. */
  asks(folders: readonly PhoneFolder[], isPlain: boolean): Ask[] {
    const { random } = this.#world;
    const windowSize = random.pick([1, 3, 10, 100]) ?? 100;
    return folders.map((folder) => ({
      folder,
      windowSize,
      // Often with another filter, which must be taken note of all the same.
      getChanges: isPlain || !random.chance(folder.filter === folder.synced.filter ? 0.05 : 0.4),
      filter: folder.filter,
      deletesAsMoves: random.chance(0.4),
      fetch:
        !isPlain && folder.itemClass === "Email" && random.chance(0.1)
          ? random.pick([...folder.items.keys()])
          : undefined,
    }));
  }

  /**
   * Syncs some folders with one request.
   *
   * @returns whether the phone heard the answer.
   */
  async sync(folders: readonly PhoneFolder[], fate: Fate, isPlain = false): Promise<boolean> {
    const request = this.#choose(folders, isPlain);
    const server = this.#world.server();
    for (const { folder } of request.asks) folder.unanswered = true;
    const isTwice = !isPlain && request.document !== undefined && this.#world.random.chance(0.04);
    const exchange = carry(server, this, "Sync", request.document, fate);
    const twin =
      isTwice && !request.hasStart
        ? carry(this.#world.server(), this, "Sync", request.document, "delivered")
        : undefined;
    // A late Partial Sync would wait as long as the last whole one asked for.
    if (request.document !== undefined)
      this.#resendable = request.isFull && !request.hasStart ? request.document : undefined;
    const heard = await exchange.heard;
    await twin?.heard;
    const isHeard = await this.hearSync(request, heard);
    if (twin === undefined) return isHeard;
    // The second answer, which the phone does not read, may say more than the first.
    this.#last = undefined;
    for (const { folder } of request.asks) folder.unanswered = true;
    return isHeard;
  }

  /** Sends up what the user did in a folder, and asks for nothing. */
  async syncUp(folder: PhoneFolder): Promise<boolean> {
    const asks = this.asks([folder], true).map((ask) => ({ ...ask, getChanges: false }));
    const request = fullSync(asks, undefined, this.#sender());
    folder.unanswered = true;
    this.#resendable = undefined;
    const exchange = carry(this.#world.server(), this, "Sync", request.document, "delivered");
    return this.hearSync(request, await exchange.heard);
  }

  /** A request of before comes to the server once more; nobody waits for the answer. */
  async straggler(): Promise<void> {
    const document = this.#resendable;
    if (document === undefined) return;
    this.#resendable = undefined;
    // It ends a Sync that waits, whose answer says nothing of what this one is answered.
    if (this.held?.sync !== undefined) this.giveUp(false);
    // What the server then remembers is another request than the phone's last.
    this.#last = undefined;
    for (const folder of this.folders.values()) folder.unanswered = true;
    const heard = await carry(this.#world.server(), this, "Sync", document, "delivered").heard;
    checkOldKeys(this.folders, document, heard);
  }

  /** Holds a Sync on folders that were synced. */
  holdSync(waitSeconds: number): void {
    this.giveUp(this.#world.random.chance(0.5));
    const folders = this.#started();
    if (folders.length === 0) return;
    const request =
      this.#canRepeat(this.#last) && this.#last?.waitSeconds !== undefined && this.#world.random.chance(0.5)
        ? emptySync(this.#last, this.#sender())
        : fullSync(this.asks(folders, true), waitSeconds, this.#sender());
    for (const { folder } of request.asks) folder.unanswered = true;
    const server = this.#world.server();
    const exchange = carry(server, this, "Sync", request.document, "delivered");
    this.#hold(
      { exchange, server },
      request.asks.map(({ folder }) => folder),
      request.waitSeconds ?? waitSeconds,
      request,
    );
  }

  /** Holds a Ping on all folders that were synced; what is held already is given up. */
  holdPing(heartbeatSeconds: number): void {
    this.giveUp(this.#world.random.chance(0.5));
    const folders = this.#started();
    if (folders.length === 0) return;
    const request = pingOn(folders, heartbeatSeconds);
    const server = this.#world.server();
    const exchange = carry(server, this, "Ping", request, "delivered", (answer) => this.#noteReports(answer));
    this.#hold({ exchange, server }, folders, heartbeatSeconds, undefined);
  }

  /** What was reported of folders, whether the phone heard it or not. */
  #noteReports(answer: Heard): void {
    const document = answer.kind === "answered" ? answer.document : undefined;
    for (const reported of childElements(child(document, Ping.Folders))) {
      const folder = this.folders.get(typeof reported.content === "string" ? reported.content : "");
      if (folder !== undefined) folder.reports++;
    }
  }

  /** Stops waiting. */
  giveUp(serverIsTold: boolean): void {
    // Its answer may be under way: the next Sync must state everything.
    if (this.held?.sync?.document !== undefined) this.#last = undefined;
    this.held?.exchange.drop(serverIsTold);
    if (this.held !== undefined) this.abandoned = serverIsTold ? undefined : this.held;
    this.held = undefined;
  }

  /** The process that the phone speaks with is gone. */
  serverDied(): void {
    this.giveUp(false);
    this.abandoned = undefined;
    this.doubt();
  }

  /** What was sent and not answered may have been worked in without its being known any more that it was this phone's. */
  doubt(): void {
    for (const folder of this.folders.values()) folder.isInDoubt ||= folder.unanswered;
  }

  /** The user does something to an item. */
  edit(title: () => string, dateMs: () => number): void {
    const { random } = this.#world;
    const folder = random.pick(this.#started());
    if (folder === undefined) return;
    // What is to be sent up is not left waiting behind a hanging Sync.
    if (this.held?.sync !== undefined) this.giveUp(random.chance(0.5));
    if (folder.itemClass !== "Email" && random.chance(0.4)) this.addTo(folder, title(), dateMs());
    else editItem(folder, random, title, dateMs);
  }

  /** Sends what the user has written, or tries to. Returns whether the phone heard the answer. */
  async sendMail(fate: Fate): Promise<boolean> {
    if (this.#world.random.chance(0.5) && this.outbox.hasDrafts) {
      this.#turnAway();
      return this.outbox.syncDrafts(fate);
    }
    return this.outbox.send(fate);
  }

  /** Sends what the user has made of meetings, or tries to. Returns whether the phone heard the answer. */
  async sendMeetings(fate: Fate): Promise<boolean> {
    this.#turnAway();
    return this.organized.send(fate);
  }

  /** A Sync of another folder is sent: the server then remembers another request than the phone's last. */
  #turnAway(): void {
    this.giveUp(true);
    this.#last = undefined;
    this.#resendable = undefined;
  }

  /** The user moves a mail, if there is any. Returns whether the phone heard the answer. */
  async moveSomething(fate: Fate): Promise<boolean> {
    const { random } = this.#world;
    const started = this.#started().filter(({ itemClass }) => itemClass === "Email");
    const from = random.pick(started);
    const to = random.pick(started.filter((folder) => folder !== from));
    const id = from === undefined ? undefined : random.pick([...from.items.keys()]);
    if (from === undefined || to === undefined || id === undefined) return true;
    const isQueued = from.queue.some((change) => change.kind !== "add" && change.serverId === id);
    if (isQueued) return true;
    this.giveUp(true);
    return moveItem(this, from, to, id, fate, this.#world);
  }

  /** The user makes, renames or removes a folder. Returns whether the phone heard the answer. */
  async changeTree(title: string, fate: Fate): Promise<boolean> {
    if (!this.tree.isKnown) return true;
    this.giveUp(true);
    return this.tree.change(this, title, fate);
  }

  /** The user chooses another window; returns of which folder. */
  chooseFilter(): PhoneFolder | undefined {
    const { random } = this.#world;
    const folder = random.pick([...this.folders.values()]);
    const filter = folder === undefined ? undefined : random.pick(filtersOf[folder.itemClass]);
    if (folder === undefined || filter === undefined) return undefined;
    if (this.held?.sync !== undefined) this.giveUp(true);
    folder.filter = filter;
    folder.moreAvailable = true;
    return folder;
  }

  /** The user sets a folder up anew; returns which. */
  startOver(): PhoneFolder | undefined {
    this.giveUp(true);
    this.#last = undefined;
    const folder = this.#world.random.pick([...this.folders.values()]);
    folder?.startOver();
    return folder;
  }

  /** The user makes an item. */
  addTo(folder: PhoneFolder, title: string, dateMs: number): void {
    folder.add(`c${++this.#clientIds}`, contentTitled(title), dateMs);
  }

  /** What a Sync was answered. Returns whether the phone heard it. */
  async hearSync(request: SyncRequest, heard: Heard): Promise<boolean> {
    if (heard.kind === "lost") {
      // The request must be sent again as it was.
      if (request.document !== undefined) this.#last = undefined;
      return false;
    }
    this.#last = undefined;
    const topStatus = childText(heard.document, AirSync.Status);
    if (isDown(heard, topStatus, this.#world)) return false;
    if (topStatus === "12") return await this.folderSync("delivered");
    if (topStatus === "13" && !request.isFull) return false;
    must(topStatus === undefined, () => `${this.deviceId}: Sync got Status ${topStatus}`);
    return this.#apply(request, heard.document);
  }

  async #apply(request: SyncRequest, document: WbxmlElement | undefined): Promise<boolean> {
    const answered = childElements(child(document, AirSync.Collections));
    let isWhole = true;
    let hasNewTree = false;
    for (const ask of request.asks) {
      if (!this.folders.has(ask.folder.id)) continue;
      const collection = answered.find((one) => childText(one, AirSync.CollectionId) === ask.folder.id);
      const status = childText(collection, AirSync.Status);
      if (status === "12") hasNewTree = true;
      else if (status === "16") {
        must(this.#world.isOutage(), () => `${ask.folder.id}: Status 16 without a reason`);
        isWhole = false;
      } else if (status === "3" && ask.folder.emptied < this.#world.emptied()) {
        ask.folder.startOver();
        isWhole = false;
      } else {
        ask.folder.emptied = request.emptied;
        ask.folder.wasDisturbed = request.disturbances !== this.#world.disturbances();
        ask.folder.apply(ask, collection, [request.sentMs, this.#world.now()]);
      }
    }
    if (hasNewTree) {
      await this.folderSync("delivered");
      for (const collection of answered) {
        const id = childText(collection, AirSync.CollectionId) ?? "";
        const isThere = childText(collection, AirSync.Status) === "12" && this.folders.has(id);
        const isKnown = isThere && !this.tree.unanswered && !this.tree.wasForgotten;
        must(!isKnown, () => `${id}: Status 12, but the folder is there`);
      }
    }
    if (isWhole && !hasNewTree && request.isRepeatable) this.#last = request;
    return isWhole;
  }

  #choose(folders: readonly PhoneFolder[], isPlain: boolean): SyncRequest {
    const { random } = this.#world;
    const last = this.#last;
    const isRepeatable = !isPlain && last !== undefined && last.waitSeconds === undefined;
    const isCovered = folders.every((folder) => last?.asks.some((ask) => ask.folder === folder));
    if (isRepeatable && isCovered && this.#canRepeat(last) && random.chance(0.3))
      return emptySync(last, this.#sender());
    if (isRepeatable && random.chance(0.3)) {
      const stated = this.asks(folders, false);
      const request = partialSync(stated, last, this.#sender());
      if (request.asks.filter(({ folder }) => request.implied.has(folder)).every(isUnchanged)) return request;
    }
    return fullSync(this.asks(folders, isPlain), undefined, this.#sender());
  }

  #canRepeat(last: SyncRequest | undefined): last is SyncRequest {
    return last?.asks.every((ask) => this.folders.has(ask.folder.id) && isUnchanged(ask)) === true;
  }

  #hold(
    { exchange, server }: Pick<HeldRequest, "exchange" | "server">,
    folders: readonly PhoneFolder[],
    heartbeatSeconds: number,
    sync: SyncRequest | undefined,
  ): void {
    const sentAtMs = this.#world.monotonicNow();
    const held: HeldRequest = {
      exchange,
      server,
      folders,
      heartbeatSeconds,
      sync,
      sentAtMs,
      answeredAt: undefined,
    };
    void exchange.heard.then(() => {
      held.answeredAt = { changes: this.#world.changes(), monotonicMs: this.#world.monotonicNow() };
    });
    this.held = held;
  }

  #sender(): SyncSender {
    const { version } = this;
    const nowMs = this.#world.now();
    return { version, nowMs, disturbances: this.#world.disturbances(), emptied: this.#world.emptied() };
  }

  #started(): PhoneFolder[] {
    return [...this.folders.values()].filter((folder) => folder.started);
  }
}
