import type { ItemChange } from "../../mailbox/mailbox.js";
import type { KnownItem } from "../../state/known-items.js";
import { type ChangeDecision, type DeviceView, decideChange } from "../../sync-state/change-decision.js";
import type { WalkPage } from "../../sync-state/change-walk.js";
import { knownItem, withSkipped } from "../../sync-state/known-version.js";
import type { WbxmlElement } from "../../wbxml/index.js";
import type { CollectionWork } from "./collection-work.js";
import type { RenderedChange } from "./render-changes.js";

/** What the device is to be told so far. */
export class GatheredChanges {
  readonly #work: CollectionWork;
  readonly #view: DeviceView;
  /** What is sent, by item; the later of two decisions counts. */
  readonly #sent = new Map<string, Extract<RenderedChange, { kind: "element" }>>();
  readonly #skipped = new Map<string, KnownItem>();
  #size = 0;

  constructor(work: CollectionWork, view: DeviceView) {
    this.#work = work;
    this.#view = view;
  }

  /** How many items are sent. */
  get count(): number {
    return this.#sent.size;
  }

  /** About the bytes that all of it takes on the wire. */
  get size(): number {
    return this.#size;
  }

  has(id: string): boolean {
    return this.#sent.has(id);
  }

  /** What of a page has to be sent and is not, in this version, among what is sent already. */
  async decide(page: WalkPage): Promise<readonly ChangeDecision[]> {
    const decisions: ChangeDecision[] = [];
    await this.#work.known.readAhead(page.changes.map(({ id }) => id));
    for (const change of latestChanges(page)) {
      const known = this.#skipped.get(change.id) ?? (await this.#work.known.get(change.id));
      const decision = decideChange(change, known, this.#view);
      if (decision === undefined) continue;
      const sent = this.#sent.get(change.id)?.decision;
      if (sent === undefined || textOfDecision(sent) !== textOfDecision(decision)) decisions.push(decision);
    }
    return decisions;
  }

  /** Takes what was rendered of a page. An item that cannot be rendered is skipped, and reported. */
  async put(page: WalkPage, rendered: readonly RenderedChange[]): Promise<void> {
    await this.#dropOutdated(page);
    for (const change of rendered) {
      if (change.kind === "unreadable") await this.#skip(change);
      else if (change.kind === "element") {
        this.#sent.set(change.decision.id, change);
        this.#size += sizeOf(change.element);
      }
    }
  }

  /** What is sent, in the order in which it is told: what is removed first, so that nothing new collides with it. */
  inOrder(): readonly Extract<RenderedChange, { kind: "element" }>[] {
    const sent = [...this.#sent.values()];
    const isRemoval = ({ decision }: (typeof sent)[number]): boolean =>
      decision.kind === "delete" || decision.kind === "soft-delete";
    return [...sent.filter(isRemoval), ...sent.filter((change) => !isRemoval(change))];
  }

  /** What the device has once it has the answer, as far as it differs from what it has now. */
  delta(): ReadonlyMap<string, KnownItem | null> {
    const delta = new Map<string, KnownItem | null>(this.#skipped);
    for (const { decision } of this.#sent.values()) {
      delta.set(decision.id, "version" in decision ? knownItem(decision.version) : null);
    }
    return delta;
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

/** Equal for equal decisions. */
export function textOfDecision(decision: ChangeDecision): string {
  return JSON.stringify(decision);
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
