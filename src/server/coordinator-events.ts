import type { Tell } from "../events.js";
import type { CoordinatorObserver } from "../push/coordinator-observer.js";
import type { HeartbeatNegotiator } from "../push/heartbeat-negotiator.js";
import { logPush } from "./logs.js";

/** Turns what the coordinator tells into events, log lines and the devices' heartbeat history. */
export function observeCoordinator(tell: Tell, negotiator: HeartbeatNegotiator): CoordinatorObserver {
  return {
    held(hold) {
      logPush("%s %s %s held for %d s", hold.user, hold.deviceId, hold.command, hold.heartbeatSeconds);
      tell("held", () => hold);
    },
    ended(hold, outcome, wakeReason) {
      const { kind } = outcome;
      const { user, deviceId, command, sequence, heldSeconds } = hold;
      const device = { user, deviceId };
      negotiator.observe({ kind: "ended", device, sequence, command, outcome: kind, heldSeconds });
      logPush("%s %s %s %s after %d s", hold.user, hold.deviceId, hold.command, kind, hold.heldSeconds);
      tell("ended", () => ({
        hold,
        kind,
        askedSeconds: hold.askedSeconds,
        heldSeconds: hold.heldSeconds,
        folders: kind === "changed" ? outcome.folders : [],
        wakeReason,
      }));
      if (kind === "superseded") tell("superseded", () => hold);
    },
    sourceFailed(error, call) {
      logPush("%s failed: %O", call, error);
      tell("sourceFailed", () => ({ error, call }));
    },
  };
}
