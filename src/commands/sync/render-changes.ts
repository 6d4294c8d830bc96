import { type RenderView, renderFlags, renderItem } from "../../application-data/index.js";
import { DirectPushError } from "../../errors.js";
import { concurrentMap } from "../../state/concurrent-map.js";
import type { ChangeDecision } from "../../sync-state/change-decision.js";
import { isOnDevice } from "../../sync-state/known-version.js";
import { AirSync, element, textElement, type WbxmlElement } from "../../wbxml/index.js";
import type { CollectionWork } from "./collection-work.js";
import { renderView } from "./item-view.js";

/** What became of a decision. */
export type RenderedChange =
  | { readonly kind: "element"; readonly decision: ChangeDecision; readonly element: WbxmlElement }
  /** The item is gone by now, which the next page tells; or the device's version shows nothing of the change. */
  | { readonly kind: "nothing"; readonly decision: ChangeDecision }
  /** This item alone cannot be read or rendered. */
  | { readonly kind: "unreadable"; readonly decision: VersionedDecision; readonly error: unknown };

type VersionedDecision = Extract<ChangeDecision, { readonly version: unknown }>;

type Attempt =
  | Exclude<RenderedChange, { kind: "unreadable" }>
  | { readonly kind: "not-loaded"; readonly decision: VersionedDecision; readonly error: unknown }
  | { readonly kind: "not-rendered"; readonly decision: VersionedDecision; readonly error: unknown };

const flagsView: RenderView = { bodies: [], withBody: false, mimeSupport: 0 };
const maxConcurrentItems = 8;
/** Items that are tried, to see whether any item can be read. */
const maxControlItems = 3;

/** Renders what a device is to be told, and keeps apart an item that is broken and a mailbox that is down. */
export class ChangeRenderer {
  readonly #work: CollectionWork;
  #lastLoaded: string | undefined;

  constructor(work: CollectionWork) {
    this.#work = work;
  }

  /**
   * The decisions' elements, in their order: of all of them, or of the first ones if it is said between two that no more is to be begun.
   *
   * @param mayBegin whether there is time for one more.
   * @throws when the mailbox cannot be reached: nothing of it may then be taken as told.
   */
  async render(
    decisions: readonly ChangeDecision[],
    mayBegin: () => boolean,
  ): Promise<readonly RenderedChange[]> {
    const begun = await concurrentMap(decisions, maxConcurrentItems, async (decision) =>
      mayBegin() ? this.#attempt(decision) : undefined,
    );
    // They are begun in their order, and once there is no time there will be none.
    const attempts = begun.filter((attempt) => attempt !== undefined);
    const failed = attempts.filter((attempt) => attempt.kind === "not-loaded");
    if (failed.length > 0)
      await this.#assertItemsLoad(failed.map(({ decision, error }) => ({ decision, error })));
    return concurrentMap(attempts, maxConcurrentItems, async (attempt) => {
      const last = attempt.kind === "not-loaded" ? await this.#attempt(attempt.decision) : attempt;
      if (last.kind !== "not-loaded" && last.kind !== "not-rendered") return last;
      return { kind: "unreadable", decision: last.decision, error: last.error };
    });
  }

  async #attempt(decision: ChangeDecision): Promise<Attempt> {
    if (decision.kind === "delete" || decision.kind === "soft-delete") {
      const tag = decision.kind === "delete" ? AirSync.Delete : AirSync.SoftDelete;
      return {
        kind: "element",
        decision,
        element: element(tag, [textElement(AirSync.ServerId, decision.id)]),
      };
    }
    const { context, collection, settings } = this.#work;
    const { mailbox, mailboxRef, device } = context;
    const view = decision.kind === "change-flags" ? flagsView : renderView(settings);
    let item: Awaited<ReturnType<typeof mailbox.item>>;
    try {
      item = await mailbox.item(mailboxRef, collection.collectionId, decision.id, view);
    } catch (error) {
      return { kind: "not-loaded", decision, error };
    }
    if (item === undefined) return { kind: "nothing", decision };
    this.#lastLoaded = decision.id;
    try {
      const data =
        decision.kind === "change-flags" && item.class === "Email"
          ? renderFlags(item, decision.flags, device.version)
          : renderItem(item, view, device.version);
      return data.length === 0 ? { kind: "nothing", decision } : changeElement(decision, data);
    } catch (error) {
      return { kind: "not-rendered", decision, error };
    }
  }

  /** Throws unless there is reason to believe that items can be read, so that the fault lies with those that could not. */
  async #assertItemsLoad(
    failed: readonly { readonly decision: VersionedDecision; readonly error: unknown }[],
  ): Promise<void> {
    const { context, collection } = this.#work;
    const { mailbox, mailboxRef } = context;
    for (const { error } of failed) {
      if (error instanceof DirectPushError && error.code === "ERR_MAILBOX_UNAVAILABLE") throw error;
    }
    const [first] = failed;
    if (first === undefined) return;
    await mailbox.itemVersion(mailboxRef, collection.collectionId, first.decision.id);
    const controls = await this.#controlItems(new Set(failed.map(({ decision }) => decision.id)));
    for (const id of controls) {
      const item = await mailbox.item(mailboxRef, collection.collectionId, id, {
        bodies: [],
        withBody: true,
      });
      if (item !== undefined) return;
    }
    // Nothing to compare with. One item may well be broken; that all of several are is less likely than a store that is down, and silence
    // alone is no proof of anything.
    const isSilent = first.error instanceof DirectPushError && first.error.code === "ERR_CALL_TIMEOUT";
    if (failed.length > 1 || isSilent) throw first.error;
  }

  async #controlItems(failed: ReadonlySet<string>): Promise<readonly string[]> {
    if (this.#lastLoaded !== undefined) return [this.#lastLoaded];
    const { known } = this.#work;
    const ids: string[] = [];
    for (const id of await known.idsToSweep(0)) {
      if (ids.length === maxControlItems) break;
      const item = failed.has(id) ? undefined : await known.get(id);
      // An item whose last version could not be read proves nothing.
      if (isOnDevice(item) && !item[2]) ids.push(id);
    }
    return ids;
  }
}

function changeElement(decision: VersionedDecision, data: readonly WbxmlElement[]): Attempt {
  const tag = decision.kind === "add" ? AirSync.Add : AirSync.Change;
  const children = [textElement(AirSync.ServerId, decision.id), element(AirSync.ApplicationData, data)];
  return { kind: "element", decision, element: element(tag, children) };
}
