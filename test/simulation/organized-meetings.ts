import {
  AirSync,
  Calendar,
  child,
  childElements,
  children,
  childText,
  element,
  textElement,
  type WbxmlElement,
} from "../../src/wbxml/index.js";
import { carry, type Fate, type Heard, type Sender } from "./carrier.js";
import {
  changedMeeting,
  changeOf,
  commandOf,
  type OrganizedChange,
  type OwnMeeting,
} from "./organized-change.js";
import { isDown } from "./outage.js";
import type { PhoneWorld } from "./phone-world.js";
import { must } from "./violation.js";

const maxMeetings = 6;
const hourMs = 3_600_000;
/** The clock jumps by days, and what is over is not called off. */
const farHours = 10_000;

/** The meetings that the user of one phone organizes, in a calendar of their own: the server tells those who are invited. */
export class OrganizedMeetings {
  readonly #sender: Sender;
  readonly #world: PhoneWorld;
  readonly #folder: string;
  readonly #meetings = new Map<string, OwnMeeting>();
  readonly #queue: OrganizedChange[] = [];
  #clientIds = 0;
  #key = "0";
  /** The server has lost all that it knew of the phone, which asks what there is. */
  #isAsking = false;
  /** {@link PhoneWorld.emptied} when the calendar was last answered. */
  #emptied = 0;

  constructor(sender: Sender, folder: string, world: PhoneWorld) {
    this.#sender = sender;
    this.#folder = folder;
    this.#world = world;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0 && !this.#isAsking;
  }

  /** The user makes a meeting, moves it, changes it otherwise, or calls it off. */
  edit(title: string): void {
    const { random } = this.#world;
    const others = ["alice@example.com", "bob@example.com", "carol@example.com"].filter(
      (address) => address !== `${this.#sender.user}@example.com`,
    );
    const people = random.chance(0.5) ? others : others.slice(random.between(0, 1)).slice(0, 1);
    const meeting = random.pick([...this.#meetings.values()]);
    if (meeting === undefined || (this.#meetings.size < maxMeetings && random.chance(0.4))) {
      const startMs = Math.floor(this.#world.now() / hourMs + farHours + random.between(0, 500)) * hourMs;
      const isSeries = random.chance(0.5);
      this.#queue.push({ kind: "make", clientId: `o${++this.#clientIds}`, title, startMs, people, isSeries });
      return;
    }
    const change = changeOf(meeting, title, people, random);
    const waiting = this.#queue.findIndex((one) => one.kind !== "make" && one.id === meeting.id);
    const mayReplace = this.#queue[waiting]?.kind === "change" && ["change", "cancel"].includes(change.kind);
    if (waiting < 0) this.#queue.push(change);
    // What was sent and not heard of is replaced by what the user has now.
    else if (mayReplace) this.#queue[waiting] = change;
  }

  /** Sends what the user did, or tries to. Returns whether the phone heard the answer. */
  async send(fate: Fate): Promise<boolean> {
    const emptied = this.#world.emptied();
    const sent = this.#key === "0" || this.#isAsking ? [] : [...this.#queue];
    const overhear = (answer: Heard): void => {
      const [collection] = collectionsOf(answer);
      if (childText(collection, AirSync.Status) !== "1") return;
      for (const change of sent) if (isTaken(change, collection)) this.#world.audience.answered(change);
    };
    const document = this.#document(sent);
    const heard = await carry(this.#world.server(), this.#sender, "Sync", document, fate, overhear).heard;
    if (heard.kind === "lost") return false;
    const topStatus = childText(heard.document, AirSync.Status);
    if (isDown(heard, topStatus, this.#world) || topStatus === "12") return false;
    const [collection] = collectionsOf(heard);
    const status = childText(collection, AirSync.Status);
    if (status === "16" || status === "12") return false;
    if (status === "3" && this.#emptied < this.#world.emptied()) {
      this.#startOver();
      return false;
    }
    this.#emptied = emptied;
    if (heard.document !== undefined) {
      must(status === "1", () => `${this.#sender.deviceId}: the meetings got Status ${status ?? topStatus}`);
      const wasStart = this.#key === "0";
      this.#key = childText(collection, AirSync.SyncKey) ?? "0";
      if (wasStart) return this.isEmpty;
    }
    if (this.#isAsking) this.#see(collection);
    for (const change of sent) this.#hear(change, collection);
    return true;
  }

  #document(sent: readonly OrganizedChange[]): WbxmlElement {
    const isStart = this.#key === "0";
    const options = [textElement(AirSync.FilterType, 0), textElement(AirSync.Conflict, 0)];
    return element(AirSync.Sync, [
      element(AirSync.Collections, [
        element(AirSync.Collection, [
          textElement(AirSync.SyncKey, this.#key),
          textElement(AirSync.CollectionId, this.#folder),
          isStart ? undefined : textElement(AirSync.GetChanges, this.#isAsking ? 1 : 0),
          isStart ? undefined : textElement(AirSync.WindowSize, 512),
          isStart ? undefined : element(AirSync.Options, options),
          sent.length === 0 ? undefined : element(AirSync.Commands, sent.map(commandOf)),
        ]),
      ]),
    ]);
  }

  /** Nobody knows any more what became of what was sent and not heard of. */
  #startOver(): void {
    this.#key = "0";
    this.#isAsking = true;
    for (const change of this.#queue.splice(0)) this.#world.audience.lostSight(this.#sender.user, change);
  }

  /** What there is after all: of what the phone does not know the user wants nothing. */
  #see(collection: WbxmlElement | undefined): void {
    this.#isAsking = false;
    const added = children(child(collection, AirSync.Commands), AirSync.Add);
    const ids = new Set(added.map((one) => childText(one, AirSync.ServerId) ?? ""));
    for (const id of this.#meetings.keys()) if (!ids.has(id)) this.#meetings.delete(id);
    for (const id of ids) if (!this.#meetings.has(id)) this.#queue.push({ kind: "cancel", id });
  }

  #hear(change: OrganizedChange, collection: WbxmlElement | undefined): void {
    const { user, deviceId } = this.#sender;
    const response = responseTo(change, collection);
    const status = childText(response, AirSync.Status);
    this.#queue.splice(this.#queue.indexOf(change), 1);
    if (change.kind === "make") {
      must(status === "1", () => `${deviceId}: the meeting "${change.title}" got Status ${status}`);
      const id = childText(response, AirSync.ServerId) ?? "";
      const uid = childText(child(response, AirSync.ApplicationData), Calendar.UID);
      this.#meetings.set(id, { id, startMs: change.startMs, isSeries: change.isSeries, touched: 0 });
      if (uid === undefined) this.#world.audience.lostSight(user, change);
      else this.#world.audience.made(user, id, uid);
      return;
    }
    const isGone = status === "8" && !this.#world.mailboxHas(user, this.#folder, change.id);
    must(
      status === undefined || isGone,
      () => `${deviceId}: ${change.kind} of the meeting ${change.id} got Status ${status}`,
    );
    const known = this.#meetings.get(change.id);
    if (isGone || change.kind === "cancel") this.#meetings.delete(change.id);
    else if (known !== undefined) this.#meetings.set(change.id, changedMeeting(known, change));
  }
}

function collectionsOf(answer: Heard): readonly WbxmlElement[] {
  return answer.kind === "lost" ? [] : childElements(child(answer.document, AirSync.Collections));
}

/** Of a Change or a Delete that succeeded nothing is said. */
function responseTo(change: OrganizedChange, collection: WbxmlElement | undefined): WbxmlElement | undefined {
  const [tag, id] =
    change.kind === "make" ? [AirSync.ClientId, change.clientId] : [AirSync.ServerId, change.id];
  return childElements(child(collection, AirSync.Responses)).find((one) => childText(one, tag) === id);
}

function isTaken(change: OrganizedChange, collection: WbxmlElement | undefined): boolean {
  const status = childText(responseTo(change, collection), AirSync.Status);
  return change.kind === "make" ? status === "1" : status === undefined;
}
