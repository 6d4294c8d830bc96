import { initialSyncKey } from "../../protocol/sync-key.js";
import { isAtLeast } from "../../protocol/version.js";
import type { WaitingEvent } from "../client-events.js";
import type { ClientFolder } from "../client-folder.js";
import type { OperationQueue } from "../operation-queue.js";
import type { AccountMemory } from "../session/account-memory.js";
import type { ClientFailure } from "../session/client-failure.js";
import type { EasSession } from "../session/eas-session.js";
import { syncHierarchy } from "../session/sync-hierarchy.js";
import type { FolderSyncer } from "../sync/folder-syncer.js";
import type { IntervalChooser } from "./interval-chooser.js";
import { failedOutcome } from "./interval-outcome.js";
import { Patience, type PatienceParts } from "./patience.js";
import type { PingRound } from "./ping-round.js";
import type { PushStep } from "./push-step.js";
import type { SyncRound } from "./sync-round.js";

/** What {@link PushLoop} works with. */
export interface PushLoopParts extends PatienceParts {
  readonly session: EasSession;
  readonly memory: AccountMemory;
  readonly queue: OperationQueue;
  readonly syncer: FolderSyncer;
  readonly chooser: IntervalChooser;
  readonly ping: PingRound;
  /** Undefined: wait with Ping in every version. */
  readonly hangingSync: SyncRound | undefined;
  readonly isWanted: (folder: ClientFolder) => boolean;
}

/** Why a push loop ended. */
export type PushEnd =
  /** It was asked to. */
  | { readonly kind: "stopped" }
  /** None of the folders that the server showed is wanted. */
  | { readonly kind: "no-folders" }
  | Exclude<ClientFailure, { kind: "no-answer" | "busy" | "aborted" }>;

const versionGoodSeconds = 24 * 3600;

/** Does what is due, then waits for the server, for ever: OPTIONS, FolderSync, Sync, Ping, Sync, Ping ... */
export class PushLoop {
  readonly #parts: PushLoopParts;
  readonly #patience: Patience;
  /** Of the step under way. */
  #attempt = new AbortController();
  #isHolding = false;
  #isStopped = false;

  constructor(parts: PushLoopParts) {
    this.#parts = parts;
    this.#patience = new Patience(parts);
  }

  async run(): Promise<PushEnd> {
    const { queue, memory } = this.#parts;
    for (const { id } of memory.state.folders) memory.dirty.add(id);
    queue.onContention = () => {
      if (this.#isHolding) this.#attempt.abort();
    };
    try {
      while (!this.#isStopped) {
        this.#attempt = new AbortController();
        const end = await this.#weigh(await queue.run(() => this.#step()));
        if (end !== undefined) return end;
      }
      return { kind: "stopped" };
    } finally {
      queue.onContention = undefined;
    }
  }

  /** Ends the loop: what it waits for is aborted. */
  stop(): void {
    this.#isStopped = true;
    this.#attempt.abort();
    this.#patience.end();
  }

  /** Gives up what is under way, and waiting to try again, and goes on at once. */
  wake(): void {
    this.#attempt.abort();
    this.#patience.end();
  }

  /** Decides how to go on; gives the loop's end. */
  async #weigh(step: PushStep): Promise<PushEnd | undefined> {
    if (this.#isStopped) return { kind: "stopped" };
    switch (step.kind) {
      case "progress":
        this.#patience.forget();
        return undefined;
      case "neutral":
        this.#patience.relax();
        return undefined;
      case "idle":
        await this.#patience.afterCircle();
        return undefined;
      case "aborted":
        // Nobody here asked for it: the transport was closed.
        return this.#attempt.signal.aborted ? undefined : { kind: "stopped" };
      case "no-answer":
      case "busy":
        await this.#patience.afterFailure(step);
        return undefined;
      case "refused":
        if (!this.#isAway(step)) return step;
        await this.#patience.afterFailure(step);
        return undefined;
      default:
        return step;
    }
  }

  /** HTTP 404 is a wrong address at first; later it is a proxy whose server is being replaced. */
  #isAway({ httpStatus }: ClientFailure & { kind: "refused" }): boolean {
    return httpStatus === 404 && this.#parts.memory.state.folderSyncKey !== initialSyncKey;
  }

  async #step(): Promise<PushStep> {
    const { session, memory, clock, syncer } = this.#parts;
    const { signal } = this.#attempt;
    const { version, versionCheckedAtSeconds = 0, folderSyncKey } = memory.state;
    if (version === undefined || clock.now() / 1000 - versionCheckedAtSeconds >= versionGoodSeconds) {
      return progressOr(await session.negotiate(signal));
    }
    if (session.isUndescribed) return progressOr(await session.describeDevice(signal));
    if (memory.hierarchyDue || folderSyncKey === initialSyncKey) return await this.#syncHierarchy();
    const folders = this.#folders();
    const due = folders.find(({ id }) => memory.dirty.has(id) || memory.syncKey(id) === initialSyncKey);
    if (due === undefined) return folders.length === 0 ? { kind: "no-folders" } : await this.#wait(folders);

    const isStart = memory.syncKey(due.id) === initialSyncKey;
    const synced = await syncer.sync(due, [], signal);
    if (synced.kind === "hierarchy-outdated") return { kind: "idle" };
    if (synced.kind !== "synced") return synced;
    return { kind: synced.items > 0 || isStart ? "progress" : "neutral" };
  }

  async #syncHierarchy(): Promise<PushStep> {
    const synced = await syncHierarchy(this.#parts, this.#attempt.signal);
    if (synced.kind !== "synced") return synced;
    const changes = synced.added.length + synced.updated.length + synced.deleted.length;
    return { kind: changes > 0 ? "progress" : "neutral" };
  }

  /** Those to wait for: the inbox first, should the server not take them all. */
  #folders(): readonly ClientFolder[] {
    const { memory, isWanted } = this.#parts;
    const { folders, maxPingFolders = Number.POSITIVE_INFINITY } = memory.state;
    const wanted = folders.filter((folder) => folder.class !== undefined && isWanted(folder));
    const isInbox = ({ kind }: ClientFolder): boolean => kind === "inbox";
    return [...wanted.filter(isInbox), ...wanted.filter((folder) => !isInbox(folder))].slice(
      0,
      maxPingFolders,
    );
  }

  /** Sends the request that the server holds; gives way to any other operation. */
  async #wait(folders: readonly ClientFolder[]): Promise<PushStep> {
    const { memory, events, clock, chooser, queue, ping, hangingSync } = this.#parts;
    if (queue.isContended) return { kind: "neutral" };
    const { version } = memory.state;
    const canHang = version !== undefined && isAtLeast(version, "14.0");
    const round = canHang ? (hangingSync ?? ping) : ping;
    const heartbeatSeconds = chooser.next();
    const told: WaitingEvent = { command: round.command, heartbeatSeconds, folders };
    const { signal } = this.#attempt;
    this.#isHolding = true;
    const sinceMs = clock.monotonicNow();
    try {
      events.emit("waiting", told);
      const result = await round.run({ folders, heartbeatSeconds, signal });
      const heldSeconds = (clock.monotonicNow() - sinceMs) / 1000;
      const outcome = result.outcome ?? failedOutcome(asFailure(result.step), heldSeconds);
      chooser.tell(heartbeatSeconds, outcome);
      const changed = folders.filter(({ id }) => result.changed?.includes(id));
      events.emit("waited", { ...told, outcome, changed });
      return result.step;
    } finally {
      this.#isHolding = false;
    }
  }
}

function progressOr(
  outcome: { readonly kind: "negotiated" } | { readonly kind: "described" } | ClientFailure,
): PushStep {
  return outcome.kind === "negotiated" || outcome.kind === "described" ? { kind: "progress" } : outcome;
}

/** A round without an outcome ended as a failure. */
function asFailure(step: PushStep): ClientFailure {
  const isStep = step.kind === "progress" || step.kind === "neutral" || step.kind === "idle";
  return isStep || step.kind === "no-folders" ? { kind: "aborted" } : step;
}
