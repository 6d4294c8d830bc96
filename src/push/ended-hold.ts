import type { HeldRequest, HoldEnd, WakeReason } from "./coordinator-observer.js";
import type { HeldHeartbeat } from "./heartbeat-negotiator.js";
import type { HoldOutcome } from "./hold.js";
import type { WaitingHold } from "./waiting-hold.js";

/** A hold whose outcome is decided: on its way to its answer, and then what observers hear of it. */
export class EndedHold implements HoldEnd {
  readonly hold: WaitingHold;
  readonly outcome: HoldOutcome;
  readonly heldSeconds: number;
  readonly wakeReason: WakeReason | undefined;
  /** Set once the settle function has returned. */
  answeredAtMs = 0;

  constructor(hold: WaitingHold, outcome: HoldOutcome, heldSeconds: number) {
    this.hold = hold;
    this.outcome = outcome;
    this.heldSeconds = heldSeconds;
    this.wakeReason = outcome.kind === "changed" ? hold.wakeReason : undefined;
  }

  get command(): HeldRequest["command"] {
    return this.hold.request.command;
  }

  get sequence(): number {
    return this.hold.request.sequence;
  }

  get heartbeat(): HeldHeartbeat | undefined {
    return this.hold.heartbeat;
  }

  get pushMilliseconds(): number | undefined {
    const { toldAtMs } = this.hold;
    return this.wakeReason === "notified" && toldAtMs !== undefined
      ? this.answeredAtMs - toldAtMs
      : undefined;
  }

  describe(): HeldRequest {
    return this.hold.describe(this.heldSeconds);
  }
}
