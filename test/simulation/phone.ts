import {
  AirSync,
  child,
  childElements,
  children,
  childText,
  element,
  FolderHierarchy,
  Ping,
  textElement,
  type WbxmlElement,
} from "../../src/wbxml/index.js";
import { carry, type Exchange, type Fate, type Heard, type SimulatedServer } from "./carrier.js";
import type { SimulatedClass } from "./form.js";
import { PhoneFolder } from "./phone-folder.js";
import type { Random } from "./random.js";
import { must } from "./violation.js";
import { filtersOf } from "./window.js";

/** A Ping that the phone waits for. */
export interface HeldPing {
  readonly exchange: Exchange;
  readonly folders: readonly PhoneFolder[];
  readonly heartbeatSeconds: number;
  readonly sentAtMs: number;
}

const classOfType: Readonly<Record<string, SimulatedClass>> = {
  "2": "Email",
  "8": "Calendar",
  "9": "Contacts",
  "7": "Tasks",
  "12": "Email",
};

/** One phone: what it knows of the mailbox, and what its user does to it. */
export class SimulatedPhone {
  readonly user: string;
  readonly deviceId: string;
  readonly version: string;
  readonly folders = new Map<string, PhoneFolder>();
  ping: HeldPing | undefined;
  #hierarchyKey = "0";
  #clientIds = 0;
  readonly #random: Random;

  constructor(user: string, deviceId: string, version: string, random: Random) {
    this.user = user;
    this.deviceId = deviceId;
    this.version = version;
    this.#random = random;
  }

  get hasFolders(): boolean {
    return this.#hierarchyKey !== "0";
  }

  /** Asks for the folder tree. */
  async folderSync(server: SimulatedServer, fate: Fate): Promise<boolean> {
    const request = element(FolderHierarchy.FolderSync, [
      textElement(FolderHierarchy.SyncKey, this.#hierarchyKey),
    ]);
    const document = documentOf(await carry(server, this, "FolderSync", request, fate).heard);
    if (document === undefined) return false;
    const status = childText(document, FolderHierarchy.Status);
    must(status === "1", () => `${this.deviceId}: FolderSync got Status ${status}`);
    this.#hierarchyKey = childText(document, FolderHierarchy.SyncKey) ?? "0";
    const changes = child(document, FolderHierarchy.Changes);
    for (const added of children(changes, FolderHierarchy.Add)) this.#addFolder(added);
    for (const gone of children(changes, FolderHierarchy.Delete)) {
      this.folders.delete(childText(gone, FolderHierarchy.ServerId) ?? "");
    }
    return true;
  }

  /**
   * Syncs some folders with one request.
   *
   * @returns whether the phone heard the answer.
   */
  async sync(
    server: SimulatedServer,
    folders: readonly PhoneFolder[],
    fate: Fate,
    nowMs: () => number,
  ): Promise<boolean> {
    const windowSize = this.#random.pick([1, 3, 10, 100]) ?? 100;
    const getChanges = !this.#random.chance(0.05);
    const request = element(AirSync.Sync, [
      element(
        AirSync.Collections,
        folders.map((folder) => folder.request(windowSize, getChanges)),
      ),
    ]);
    for (const folder of folders) folder.unanswered = true;
    const heard = await carry(server, this, "Sync", request, fate).heard;
    if (heard.kind === "lost") return false;
    must(heard.status === 200, () => `${this.deviceId}: Sync got HTTP ${heard.status}`);
    const topStatus = childText(heard.document, AirSync.Status);
    if (topStatus === "12") return await this.folderSync(server, "delivered");
    must(topStatus === undefined, () => `${this.deviceId}: Sync got Status ${topStatus}`);
    const answered = childElements(child(heard.document, AirSync.Collections));
    for (const folder of folders) {
      const collection = answered.find((one) => childText(one, AirSync.CollectionId) === folder.id);
      folder.apply(collection, nowMs(), getChanges);
      if (!getChanges) folder.moreAvailable = true;
    }
    return true;
  }

  /** Holds a Ping on all folders that were synced; a Ping that is held already is given up. */
  sendPing(server: SimulatedServer, heartbeatSeconds: number, monotonicMs: number, fate: Fate): void {
    this.dropPing(this.#random.chance(0.5));
    const folders = [...this.folders.values()].filter((folder) => folder.started);
    if (folders.length === 0) return;
    const request = element(Ping.Ping, [
      textElement(Ping.HeartbeatInterval, heartbeatSeconds),
      element(
        Ping.Folders,
        folders.map((folder) =>
          element(Ping.Folder, [textElement(Ping.Id, folder.id), textElement(Ping.Class, folder.itemClass)]),
        ),
      ),
    ]);
    const exchange = carry(server, this, "Ping", request, fate);
    this.ping = { exchange, folders, heartbeatSeconds, sentAtMs: monotonicMs };
  }

  /** Stops waiting. */
  dropPing(serverIsTold: boolean): void {
    this.ping?.exchange.drop(serverIsTold);
    this.ping = undefined;
  }

  /** The user does something to an item. */
  edit(title: () => string, dateMs: () => number): void {
    const folder = this.#random.pick([...this.folders.values()].filter((one) => one.started));
    if (folder === undefined) return;
    if (folder.itemClass !== "Email" && this.#random.chance(0.4)) {
      folder.add(`c${++this.#clientIds}`, { title: title(), read: false }, dateMs());
      return;
    }
    const [serverId, content] = this.#random.pick([...folder.items]) ?? [];
    if (serverId === undefined || content === undefined) return;
    if (this.#random.chance(0.3)) folder.delete(serverId);
    else if (folder.itemClass === "Email") folder.change(serverId, { ...content, read: !content.read }, 0);
    else folder.change(serverId, { ...content, title: title() }, dateMs());
  }

  /** The user chooses another window. */
  chooseFilter(): void {
    const folder = this.#random.pick([...this.folders.values()]);
    const filter = folder === undefined ? undefined : this.#random.pick(filtersOf[folder.itemClass]);
    if (folder === undefined || filter === undefined) return;
    folder.filter = filter;
    folder.moreAvailable = true;
  }

  #addFolder(added: WbxmlElement): void {
    const itemClass = classOfType[childText(added, FolderHierarchy.Type) ?? ""];
    const id = childText(added, FolderHierarchy.ServerId) ?? "";
    if (itemClass === undefined || this.folders.has(id)) return;
    const filter = this.#random.pick(filtersOf[itemClass]) ?? "0";
    this.folders.set(id, new PhoneFolder(id, itemClass, filter));
  }
}

function documentOf(heard: Heard): WbxmlElement | undefined {
  return heard.kind === "answered" ? heard.document : undefined;
}
