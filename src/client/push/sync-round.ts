import { initialSyncKey } from "../../protocol/sync-key.js";
import type { ClientFolder } from "../client-folder.js";
import type { AccountMemory } from "../session/account-memory.js";
import type { EasSession } from "../session/eas-session.js";
import type { FolderSyncer } from "../sync/folder-syncer.js";
import { type AnsweredCollection, readSync } from "../sync/sync-answer.js";
import { type SyncOptions, syncRequest } from "../sync/sync-request.js";
import { syncVerdict } from "../sync/sync-verdict.js";
import { isEarly, quietOutcome } from "./interval-outcome.js";
import type { RoundResult } from "./ping-round.js";
import type { HeldRound, PushStep } from "./push-step.js";

/** What {@link SyncRound} works with. */
export interface SyncRoundParts {
  readonly session: EasSession;
  readonly memory: AccountMemory;
  readonly syncer: FolderSyncer;
  readonly optionsOf: (folder: ClientFolder) => SyncOptions;
}

/** Sync's statuses that come with a Limit ([MS-ASCMD] 2.2.3.97). */
const intervalOutOfBounds = 14;
const tooManyFolders = 15;

/** Waits with a hanging Sync, which brings the changes themselves ([MS-ASCMD] 2.2.3.88.2); for 14.0 and later. */
export class SyncRound {
  readonly command = "Sync";
  readonly #parts: SyncRoundParts;

  constructor(parts: SyncRoundParts) {
    this.#parts = parts;
  }

  async run(round: HeldRound): Promise<RoundResult> {
    const { session, memory, optionsOf } = this.#parts;
    const { folders, heartbeatSeconds, signal } = round;
    const wanted = folders.map((folder) => ({
      folder: folder.id,
      syncKey: memory.syncKey(folder.id),
      options: optionsOf(folder),
      commands: [],
    }));
    const document = syncRequest(wanted, heartbeatSeconds);
    const answer = await session.command("Sync", document, { holdSeconds: heartbeatSeconds, signal });
    if (answer.kind !== "answer") return { step: answer, outcome: undefined };
    const { afterSeconds } = answer;
    const read = readSync(answer.document);
    switch (read.kind) {
      case "unchanged": {
        const isIdle = isEarly(heartbeatSeconds, afterSeconds) && afterSeconds < 5;
        return {
          step: { kind: isIdle ? "idle" : "progress" },
          outcome: quietOutcome(heartbeatSeconds, afterSeconds),
        };
      }
      case "failed":
        return this.#failed(read.status, read.limit, round, afterSeconds);
      case "collections": {
        const step = await this.#take(read.collections, folders);
        const changed = read.collections.map(({ folder }) => folder);
        return { step, outcome: { kind: "changed", afterSeconds }, changed };
      }
    }
  }

  async #take(
    collections: readonly AnsweredCollection[],
    folders: readonly ClientFolder[],
  ): Promise<PushStep> {
    const { memory, syncer } = this.#parts;
    let items = 0;
    for (const collection of collections) {
      const folder = folders.find(({ id }) => id === collection.folder);
      if (folder === undefined) continue;
      const verdict = syncVerdict(collection.status);
      if (verdict === "taken") {
        items += await syncer.take(folder, collection);
        if (collection.moreAvailable) memory.dirty.add(folder.id);
        continue;
      }
      if (verdict === "restart") memory.setSyncKey(folder.id, initialSyncKey);
      if (verdict === "hierarchy") memory.hierarchyDue = true;
      // A Sync of this folder alone tells what is wrong with it, and does not keep the others waiting.
      else memory.dirty.add(folder.id);
    }
    return { kind: items > 0 ? "progress" : "idle" };
  }

  #failed(
    status: number,
    limit: number | undefined,
    { heartbeatSeconds }: HeldRound,
    afterSeconds: number,
  ): RoundResult {
    const untold = { kind: "abandoned", afterSeconds } as const;
    if (status === intervalOutOfBounds && limit !== undefined) {
      const step: PushStep = { kind: limit === heartbeatSeconds ? "idle" : "neutral" };
      return { step, outcome: { kind: "refused", nearestSeconds: limit } };
    }
    if (status === tooManyFolders && limit !== undefined) {
      const { memory } = this.#parts;
      const isNew = memory.state.maxPingFolders !== limit;
      if (isNew) memory.update({ maxPingFolders: limit });
      return { step: { kind: isNew ? "neutral" : "idle" }, outcome: untold };
    }
    if (syncVerdict(status) === "hierarchy") {
      this.#parts.memory.hierarchyDue = true;
      return { step: { kind: "idle" }, outcome: { kind: "changed", afterSeconds } };
    }
    const told = { command: "Sync", httpStatus: 200, status };
    const step: PushStep =
      syncVerdict(status) === "never"
        ? { kind: "refused", ...told }
        : { kind: "busy", ...told, retryAfterSeconds: undefined, afterSeconds };
    return { step, outcome: untold };
  }
}
