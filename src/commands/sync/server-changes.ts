import type { ItemChange } from "../../mailbox/mailbox.js";
import { isAtLeast } from "../../protocol/version.js";
import type { CollectionPosition } from "../../state/collection-record.js";
import type { KnownItem } from "../../state/known-items.js";
import { type ChangeDecision, type DeviceView, decideChange } from "../../sync-state/change-decision.js";
import type { ChangeWalk, WalkPage } from "../../sync-state/change-walk.js";
import { windowOfPosition } from "../../sync-state/filter-window.js";
import { knownItem, withSkipped } from "../../sync-state/known-version.js";
import type { WbxmlElement } from "../../wbxml/index.js";
import type { CollectionWork } from "./collection-work.js";
import { ChangeRenderer, type RenderedChange } from "./render-changes.js";

/** What the server has for the device. */
export interface ServerChanges {
  readonly kind: "changes";
  /** Children of Commands: what is removed first, so that nothing new collides with it. */
  readonly commands: readonly WbxmlElement[];
  readonly decisions: readonly ChangeDecision[];
  /** What the device has once it has the answer. */
  readonly delta: ReadonlyMap<string, KnownItem | null>;
  readonly position: CollectionPosition;
  readonly more: boolean;
}

/** How much may be sent. */
export interface ChangeLimits {
  /** Items, 0 or more. */
  readonly windowSize: number;
  /** On the context's monotonic clock: no further page is begun after it. */
  readonly deadlineMs: number;
}

/** Items that are read from the mailbox at a time, so that time and size are looked at often enough. */
const maxRenderedAtOnce = 32;
/** Changes that are looked through at a time when most of them are not to be sent. */
const maxPageLimit = 512;
/** Text and bytes of one answer, above which the rest waits for the next: devices on a bad network would lose all of it. */
const maxAnswerSize = 4 * 1024 * 1024;

/** Collects what the server has for the device, up to a limit. Throws what the mailbox throws. */
export async function collectServerChanges(
  work: CollectionWork,
  walk: ChangeWalk,
  limits: ChangeLimits,
): Promise<ServerChanges | { readonly kind: "folder-gone" }> {
  const collector = new ChangeCollector(work, walk, limits);
  const end = await collector.run();
  return end === "folder-gone" ? { kind: "folder-gone" } : collector.result(end === "more");
}

class ChangeCollector {
  readonly #work: CollectionWork;
  readonly #walk: ChangeWalk;
  readonly #limits: ChangeLimits;
  readonly #view: DeviceView;
  readonly #renderer: ChangeRenderer;
  /** What is sent, by item; the later of two decisions counts. */
  readonly #sent = new Map<string, Extract<RenderedChange, { kind: "element" }>>();
  readonly #skipped = new Map<string, KnownItem>();
  #size = 0;

  constructor(work: CollectionWork, walk: ChangeWalk, limits: ChangeLimits) {
    this.#work = work;
    this.#walk = walk;
    this.#limits = limits;
    this.#renderer = new ChangeRenderer(work);
    this.#view = {
      window: windowOfPosition(walk.position),
      categories: isAtLeast(work.context.device.version, "14.0"),
    };
  }

  async run(): Promise<"end" | "more" | "folder-gone"> {
    const { windowSize, deadlineMs } = this.#limits;
    const { clock } = this.#work.context;
    let fruitless = 0;
    for (let pages = 0; ; pages += 1) {
      if (pages > 0 && (this.#size > maxAnswerSize || clock.monotonicNow() >= deadlineMs)) return "more";
      const room = windowSize - this.#sent.size;
      // Long runs of changes that are not sent are passed in greater steps.
      const wide = Math.min(maxPageLimit, maxRenderedAtOnce * 2 ** fruitless);
      const step = await this.#walk.page(fruitless > 0 || room === 0 ? wide : Math.min(room, wide));
      if (step.kind !== "page") return step.kind;
      const taken = await this.#take(step, room);
      if (taken === "no-room") return "more";
      fruitless = taken === 0 ? fruitless + 1 : 0;
    }
  }

  result(more: boolean): ServerChanges {
    const sent = [...this.#sent.values()];
    const isRemoval = ({ decision }: (typeof sent)[number]): boolean =>
      decision.kind === "delete" || decision.kind === "soft-delete";
    const delta = new Map<string, KnownItem | null>(this.#skipped);
    for (const { decision } of sent) {
      delta.set(decision.id, "version" in decision ? knownItem(decision.version) : null);
    }
    const ordered = [...sent.filter(isRemoval), ...sent.filter((change) => !isRemoval(change))];
    return {
      kind: "changes",
      commands: ordered.map((change) => change.element),
      decisions: ordered.map(({ decision }) => decision),
      delta,
      position: this.#walk.position,
      more,
    };
  }

  /** Takes a page, or as much of it as there is room for. Returns how many of its items are sent. */
  async #take(page: WalkPage, room: number): Promise<number | "no-room"> {
    const fresh = await this.#decide(page);
    const additional = fresh.filter(({ id }) => !this.#sent.has(id));
    if (additional.length > room) return this.#takeBeginning(page, additional[room]?.id, room);
    await this.#send(page, fresh);
    return fresh.length;
  }

  /** The page is read again up to the item that there is no room for, so that the mailbox's cursor is exact. */
  async #takeBeginning(page: WalkPage, firstOut: string | undefined, room: number): Promise<"no-room"> {
    const limit = page.changes.findIndex(({ id }) => id === firstOut);
    if (limit < 1) return "no-room";
    const beginning = await this.#walk.page(limit);
    if (beginning.kind !== "page") return "no-room";
    const fresh = await this.#decide(beginning);
    // The folder changed meanwhile: the next request takes it from here.
    if (fresh.filter(({ id }) => !this.#sent.has(id)).length > room) return "no-room";
    await this.#send(beginning, fresh);
    return "no-room";
  }

  /** What of a page has to be sent and is not, in this version, among what is sent already. */
  async #decide(page: WalkPage): Promise<readonly ChangeDecision[]> {
    const decisions: ChangeDecision[] = [];
    await this.#work.known.readAhead(page.changes.map(({ id }) => id));
    for (const change of latestChanges(page)) {
      const known = this.#skipped.get(change.id) ?? (await this.#work.known.get(change.id));
      const decision = decideChange(change, known, this.#view);
      if (decision === undefined) continue;
      const sent = this.#sent.get(change.id)?.decision;
      if (sent === undefined || JSON.stringify(sent) !== JSON.stringify(decision)) decisions.push(decision);
    }
    return decisions;
  }

  async #send(page: WalkPage, decisions: readonly ChangeDecision[]): Promise<void> {
    const rendered: RenderedChange[] = [];
    for (let at = 0; at < decisions.length; at += maxRenderedAtOnce) {
      rendered.push(...(await this.#renderer.render(decisions.slice(at, at + maxRenderedAtOnce))));
    }
    await this.#dropOutdated(page);
    for (const change of rendered) {
      if (change.kind === "unreadable") await this.#skip(change);
      else if (change.kind === "element") {
        this.#sent.set(change.decision.id, change);
        this.#size += sizeOf(change.element);
      }
    }
    this.#walk.accept(page);
  }

  /** An item that an earlier page had sent, and that this page shows to be as the device has it, or never to have been there. */
  async #dropOutdated(page: WalkPage): Promise<void> {
    for (const change of latestChanges(page)) {
      if (!this.#sent.has(change.id)) continue;
      const decision = decideChange(change, await this.#work.known.get(change.id), this.#view);
      if (decision === undefined) this.#sent.delete(change.id);
    }
  }

  async #skip({ decision, error }: Extract<RenderedChange, { kind: "unreadable" }>): Promise<void> {
    const { context, collection, known } = this.#work;
    this.#sent.delete(decision.id);
    this.#skipped.set(decision.id, withSkipped(await known.get(decision.id), decision.version.version));
    const { device } = context;
    context.events.itemSkipped({ device, collectionId: collection.collectionId, itemId: decision.id, error });
  }
}

/** The last change of each item. */
function latestChanges(page: WalkPage): readonly ItemChange[] {
  return [...new Map(page.changes.map((change) => [change.id, change])).values()];
}

/** About the bytes that an element takes on the wire. */
function sizeOf({ content }: WbxmlElement): number {
  if (content === null) return 1;
  if (typeof content === "string" || content instanceof Uint8Array) return content.length + 2;
  return content.reduce((sum, child) => sum + sizeOf(child), 2);
}
