import {
  child,
  children,
  childText,
  element,
  FolderHierarchy,
  textElement,
  type WbxmlElement,
} from "../../src/wbxml/index.js";
import { carry, type Fate, type Sender } from "./carrier.js";
import type { SimulatedClass } from "./form.js";
import { isDown } from "./outage.js";
import { PhoneFolder } from "./phone-folder.js";
import type { PhoneWorld } from "./phone-world.js";
import { must } from "./violation.js";
import { filtersOf } from "./window.js";

const classOfType: Readonly<Record<string, SimulatedClass>> = {
  "2": "Email",
  "4": "Email",
  "8": "Calendar",
  "9": "Contacts",
  "7": "Tasks",
  "12": "Email",
};

/** The folder tree as one phone has it. */
export class PhoneTree {
  readonly folders = new Map<string, PhoneFolder>();
  /** The names of the folders that it syncs. */
  readonly names = new Map<string, string>();
  /** How far the tree had changed when the phone last asked for it and heard the answer. */
  seen = -1;
  /** It was asked for, and the answer did not come. */
  unanswered = false;
  #key = "0";
  /** {@link PhoneWorld.emptied} when it was last asked for. */
  #emptied = 0;
  readonly #user: string;
  readonly #world: PhoneWorld;

  constructor(user: string, world: PhoneWorld) {
    this.#user = user;
    this.#world = world;
  }

  /** Whether the server lost all that it knew since the phone last asked. */
  get wasForgotten(): boolean {
    return this.isKnown && this.#world.emptied() > this.#emptied;
  }

  get isKnown(): boolean {
    return this.#key !== "0";
  }

  /** Asks for it; returns whether the phone heard the answer. */
  async ask(sender: Sender, fate: Fate): Promise<boolean> {
    const treeChanges = this.#world.treeChanges(this.#user);
    const { wasForgotten } = this;
    const emptied = this.#world.emptied();
    const isStart = !this.isKnown;
    const request = element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.SyncKey, this.#key)]);
    this.unanswered = true;
    const heard = await carry(this.#world.server(), sender, "FolderSync", request, fate).heard;
    if (heard.kind === "lost" || isDown(heard, undefined, this.#world)) return false;
    const { document } = heard;
    const status = childText(document, FolderHierarchy.Status);
    if (status === "9" && wasForgotten) {
      this.#startOver();
      return this.ask(sender, fate);
    }
    must(status === "1", () => `${sender.deviceId}: FolderSync got Status ${status}`);
    this.#emptied = emptied;
    this.#key = childText(document, FolderHierarchy.SyncKey) ?? "0";
    const changes = child(document, FolderHierarchy.Changes);
    for (const added of children(changes, FolderHierarchy.Add)) this.#addFolder(added);
    if (isStart) this.#keepNamed(children(changes, FolderHierarchy.Add));
    for (const updated of children(changes, FolderHierarchy.Update)) this.#nameFolder(updated);
    for (const gone of children(changes, FolderHierarchy.Delete)) this.#removeFolder(gone);
    this.seen = treeChanges;
    this.unanswered = false;
    return true;
  }

  /** The user makes, renames or removes a folder; returns whether the phone heard the answer. */
  async change(sender: Sender, title: string, fate: Fate): Promise<boolean> {
    const { random } = this.#world;
    const own = [...this.names.keys()].filter((id) => this.folders.get(id)?.isOwn === true);
    const victim = random.pick(own);
    const what = victim === undefined || (own.length < 3 && random.chance(0.4)) ? "create" : undefined;
    if (what === "create" || victim === undefined)
      return this.#write(sender, fate, "FolderCreate", undefined, title);
    if (random.chance(0.6)) return this.#write(sender, fate, "FolderUpdate", victim, title);
    return this.#write(sender, fate, "FolderDelete", victim, title);
  }

  async #write(
    sender: Sender,
    fate: Fate,
    command: "FolderCreate" | "FolderUpdate" | "FolderDelete",
    id: string | undefined,
    title: string,
  ): Promise<boolean> {
    const before = this.#world.treeChanges(this.#user);
    const isTitled = command !== "FolderDelete";
    const request = element(FolderHierarchy[command], [
      textElement(FolderHierarchy.SyncKey, this.#key),
      id === undefined ? undefined : textElement(FolderHierarchy.ServerId, id),
      isTitled ? textElement(FolderHierarchy.ParentId, "0") : undefined,
      isTitled ? textElement(FolderHierarchy.DisplayName, title) : undefined,
      command === "FolderCreate" ? textElement(FolderHierarchy.Type, 12) : undefined,
    ]);
    const wasSeen = !this.unanswered && this.seen === before;
    this.unanswered = true;
    const heard = await carry(this.#world.server(), sender, command, request, fate).heard;
    if (heard.kind === "lost" || isDown(heard, undefined, this.#world)) return false;
    const status = childText(heard.document, FolderHierarchy.Status);
    // Others have removed it: the phone learns of that by its next FolderSync.
    const isGone = status === "4" && id !== undefined && !this.#world.hasFolder(this.#user, id);
    if (status === "9" && this.wasForgotten) return true;
    must(status === "1" || isGone, () => `${sender.deviceId}: ${command} got Status ${status}`);
    if (isGone) return true;
    this.#key = childText(heard.document, FolderHierarchy.SyncKey) ?? "0";
    this.unanswered = false;
    if (wasSeen) this.seen = before + 1;
    const made = id ?? childText(heard.document, FolderHierarchy.ServerId) ?? "";
    if (command === "FolderCreate") this.#makeFolder(made, "Email", true);
    if (isTitled) this.names.set(made, title);
    else {
      this.folders.delete(made);
      this.names.delete(made);
    }
    return true;
  }

  /** Phones throw everything away, or keep what is still there. */
  #startOver(): void {
    this.#key = "0";
    this.names.clear();
    if (this.#world.random.chance(0.5)) this.folders.clear();
  }

  /** The whole tree was told: what it does not have is gone. */
  #keepNamed(told: readonly WbxmlElement[]): void {
    for (const folder of told) this.#nameFolder(folder);
    for (const id of this.folders.keys()) if (!this.names.has(id)) this.folders.delete(id);
  }

  #addFolder(added: WbxmlElement): void {
    const type = childText(added, FolderHierarchy.Type) ?? "";
    const itemClass = classOfType[type];
    const id = childText(added, FolderHierarchy.ServerId) ?? "";
    if (itemClass === undefined || this.folders.has(id)) return;
    this.#makeFolder(id, itemClass, type === "12");
    this.#nameFolder(added);
  }

  #makeFolder(id: string, itemClass: SimulatedClass, isOwn: boolean): void {
    const { random, ledger } = this.#world;
    const filter = random.pick(filtersOf[itemClass]) ?? "0";
    this.folders.set(
      id,
      new PhoneFolder(
        { user: this.#user, id, itemClass, serverWins: random.chance(0.7), isOwn },
        filter,
        ledger,
      ),
    );
  }

  #nameFolder(folder: WbxmlElement): void {
    const id = childText(folder, FolderHierarchy.ServerId) ?? "";
    if (this.folders.has(id)) this.names.set(id, childText(folder, FolderHierarchy.DisplayName) ?? "");
  }

  #removeFolder(gone: WbxmlElement): void {
    const id = childText(gone, FolderHierarchy.ServerId) ?? "";
    this.folders.delete(id);
    this.names.delete(id);
  }
}
