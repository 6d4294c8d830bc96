import { pingRequest, readPing } from "../documents/ping.js";
import type { IntervalOutcome } from "../heartbeat/heartbeat-strategy.js";
import type { AccountMemory } from "../session/account-memory.js";
import type { ClientFailure } from "../session/client-failure.js";
import type { CommandAnswer, EasSession } from "../session/eas-session.js";
import { isEarly, quietOutcome } from "./interval-outcome.js";
import type { HeldRound, PushStep } from "./push-step.js";

/** What a held request came to. */
export interface RoundResult {
  readonly step: PushStep;
  /** Undefined for a failure, which speaks for itself. */
  readonly outcome: IntervalOutcome | undefined;
  /** Ids of the folders that changed; none where it is left out. */
  readonly changed?: readonly string[];
}

/** An early "no changes" within so many seconds may come again and again: several requests of one device, or a broken server. */
const suspiciousSeconds = 5;

/** Waits with Ping ([MS-ASCMD] 2.2.1.13). */
export class PingRound {
  readonly command = "Ping";
  readonly #session: EasSession;
  readonly #memory: AccountMemory;
  readonly #omitsCached: boolean;
  /** The list that the server has cached, as far as is known. */
  #cached: string | undefined;

  /** @param omitsCached leave out the list of folders while the server has it cached. */
  constructor(session: EasSession, memory: AccountMemory, omitsCached: boolean) {
    this.#session = session;
    this.#memory = memory;
    this.#omitsCached = omitsCached;
  }

  async run(round: HeldRound): Promise<RoundResult> {
    const { folders, heartbeatSeconds, signal } = round;
    const list = folders.map(({ id }) => id).join("\n");
    const omits = this.#omitsCached && list === this.#cached;
    const document = pingRequest(heartbeatSeconds, omits ? "cached" : folders);
    const answer = await this.#session.command("Ping", document, { holdSeconds: heartbeatSeconds, signal });
    if (answer.kind !== "answer") return { step: answer, outcome: undefined };
    this.#cached = list;
    return this.#read(answer, heartbeatSeconds, omits);
  }

  #read(answer: CommandAnswer, asked: number, omitted: boolean): RoundResult {
    const { afterSeconds } = answer;
    const read = readPing(answer.document);
    const untold = { kind: "abandoned", afterSeconds } as const;
    switch (read.kind) {
      case "no-change": {
        const isSuspicious = isEarly(asked, afterSeconds) && afterSeconds < suspiciousSeconds;
        return {
          step: { kind: isSuspicious ? "idle" : "progress" },
          outcome: quietOutcome(asked, afterSeconds),
        };
      }
      case "changed":
        for (const folder of read.folders) this.#memory.dirty.add(folder);
        return {
          step: { kind: "idle" },
          outcome: { kind: "changed", afterSeconds },
          changed: read.folders,
        };
      case "incomplete":
        this.#cached = undefined;
        return { step: { kind: omitted ? "neutral" : "idle" }, outcome: untold };
      case "out-of-bounds":
        return {
          step: { kind: read.nearestSeconds === asked ? "idle" : "neutral" },
          outcome: { kind: "refused", nearestSeconds: read.nearestSeconds },
        };
      case "too-many-folders": {
        const isNew = read.maxFolders !== this.#memory.state.maxPingFolders;
        if (isNew) this.#memory.update({ maxPingFolders: read.maxFolders });
        return { step: { kind: isNew ? "neutral" : "idle" }, outcome: untold };
      }
      case "hierarchy-outdated":
        this.#memory.hierarchyDue = true;
        return { step: { kind: "idle" }, outcome: { kind: "changed", afterSeconds } };
      case "unusable":
        this.#cached = undefined;
        return { step: unusable(read.status, afterSeconds), outcome: untold };
    }
  }
}

function unusable(status: number | undefined, afterSeconds: number): ClientFailure {
  return {
    kind: "busy",
    command: "Ping",
    httpStatus: 200,
    status,
    retryAfterSeconds: undefined,
    afterSeconds,
  };
}
