import { isAtLeast } from "../../protocol/version.js";
import type { CollectionPosition } from "../../state/collection-record.js";
import type { KnownItem } from "../../state/known-items.js";
import type { ChangeDecision } from "../../sync-state/change-decision.js";
import type { ChangeWalk, WalkPage } from "../../sync-state/change-walk.js";
import { windowOfPosition } from "../../sync-state/filter-window.js";
import type { WbxmlElement } from "../../wbxml/index.js";
import type { CollectionWork } from "./collection-work.js";
import { GatheredChanges, textOfDecision } from "./gathered-changes.js";
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
  /** On the context's monotonic clock: after it no further page is begun, and of a page no further item. */
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
  readonly #gathered: GatheredChanges;
  readonly #renderer: ChangeRenderer;
  /** Whether an item was begun: the device gets on in any case. */
  #hasBegun = false;

  constructor(work: CollectionWork, walk: ChangeWalk, limits: ChangeLimits) {
    this.#work = work;
    this.#walk = walk;
    this.#limits = limits;
    this.#renderer = new ChangeRenderer(work);
    this.#gathered = new GatheredChanges(work, {
      window: windowOfPosition(walk.position),
      categories: isAtLeast(work.context.device.version, "14.0"),
    });
  }

  async run(): Promise<"end" | "more" | "folder-gone"> {
    let fruitless = 0;
    for (let pages = 0; ; pages += 1) {
      // Known without asking the mailbox, and so however late it is: a slow one would have more for ever.
      if (this.#walk.isAtEnd) return "end";
      if (pages > 0 && (this.#gathered.size > maxAnswerSize || this.#isLate())) return "more";
      const room = this.#limits.windowSize - this.#gathered.count;
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
    const ordered = this.#gathered.inOrder();
    return {
      kind: "changes",
      commands: ordered.map((change) => change.element),
      decisions: ordered.map(({ decision }) => decision),
      delta: this.#gathered.delta(),
      position: this.#walk.position,
      more,
    };
  }

  /** Takes a page, or as much of it as there is room for. Returns how many of its items are sent. */
  async #take(page: WalkPage, room: number): Promise<number | "no-room"> {
    const fresh = await this.#gathered.decide(page);
    const additional = fresh.filter(({ id }) => !this.#gathered.has(id));
    if (additional.length > room) return this.#takeBeginning(page, additional[room]?.id, room);
    return this.#send(page, fresh, room);
  }

  /**
   * The page is read again up to the item that there is no room or no time for, so that the mailbox's cursor is exact.
   *
   * @param done what is rendered of it already.
   */
  async #takeBeginning(
    page: WalkPage,
    firstOut: string | undefined,
    room: number,
    done: ReadonlyMap<string, RenderedChange> = new Map(),
  ): Promise<"no-room"> {
    const limit = page.changes.findIndex(({ id }) => id === firstOut);
    if (limit < 1) return "no-room";
    const beginning = await this.#walk.page(limit);
    if (beginning.kind !== "page") return "no-room";
    const fresh = await this.#gathered.decide(beginning);
    // The folder changed meanwhile: the next request takes it from here.
    if (fresh.filter(({ id }) => !this.#gathered.has(id)).length > room) return "no-room";
    await this.#send(beginning, fresh, room, done);
    return "no-room";
  }

  /** Sends what was decided about a page, or as much of it as there is time for. */
  async #send(
    page: WalkPage,
    decisions: readonly ChangeDecision[],
    room: number,
    done: ReadonlyMap<string, RenderedChange> = new Map(),
  ): Promise<number | "no-room"> {
    const rendered = new Map(done);
    const left = decisions.filter((decision) => !done.has(textOfDecision(decision)));
    for (const change of await this.#render(left)) rendered.set(textOfDecision(change.decision), change);
    const changes = decisions.flatMap((decision) => rendered.get(textOfDecision(decision)) ?? []);
    const firstLate = decisions.find((decision) => !rendered.has(textOfDecision(decision)));
    if (firstLate !== undefined) return this.#takeBeginning(page, firstLate.id, room, rendered);
    await this.#gathered.put(page, changes);
    this.#walk.accept(page);
    return decisions.length;
  }

  /** Renders as many as there is time for, from the first on. */
  async #render(decisions: readonly ChangeDecision[]): Promise<readonly RenderedChange[]> {
    const rendered: RenderedChange[] = [];
    // A batch that is not whole ended late: of the next one nothing is begun.
    for (let at = 0; at < decisions.length && rendered.length === at; at += maxRenderedAtOnce) {
      const batch = decisions.slice(at, at + maxRenderedAtOnce);
      rendered.push(...(await this.#renderer.render(batch, () => this.#begins())));
    }
    return rendered;
  }

  #begins(): boolean {
    if (this.#hasBegun && this.#isLate()) return false;
    this.#hasBegun = true;
    return true;
  }

  #isLate(): boolean {
    return this.#work.context.clock.monotonicNow() >= this.#limits.deadlineMs;
  }
}
