import type { Tell } from "../events.js";
import type { CoordinatorObserver } from "../push/coordinator-observer.js";
import type { HeartbeatMonitor } from "../push/heartbeat-monitor.js";
import type { HeartbeatNegotiator } from "../push/heartbeat-negotiator.js";
import { logHealth, logPush } from "./logs.js";

/** Turns what the coordinator tells into events, log lines, and what the negotiator and the monitor learn from. */
export function observeCoordinator(
  tell: Tell,
  negotiator: HeartbeatNegotiator,
  monitor: HeartbeatMonitor,
): CoordinatorObserver {
  return {
    held(hold) {
      logPush("%s %s %s held for %d s", hold.user, hold.deviceId, hold.command, hold.heartbeatSeconds);
      tell("held", () => hold);
      const short = monitor.note(hold.heartbeatSeconds);
      if (short === undefined) return;
      logHealth("the last %d heartbeats are %d s on average", short.samples, short.averageSeconds);
      tell("heartbeatsShort", () => short);
    },
    ended(hold, outcome, wakeReason, pushMilliseconds) {
      const { kind } = outcome;
      const { user, deviceId, command, sequence, heldSeconds } = hold;
      const device = { user, deviceId };
      const isTimedOut = kind === "disconnected" && outcome.how === "timed-out";
      negotiator.observe({
        kind: "ended",
        device,
        sequence,
        command,
        outcome: isTimedOut ? "timed-out" : kind,
        heldSeconds,
      });
      logPush("%s %s %s %s after %d s", hold.user, hold.deviceId, hold.command, kind, hold.heldSeconds);
      tell("ended", () => ({
        hold,
        kind,
        askedSeconds: hold.askedSeconds,
        heldSeconds: hold.heldSeconds,
        folders: kind === "changed" ? outcome.folders : [],
        wakeReason,
        pushMilliseconds,
      }));
      if (kind === "superseded") tell("superseded", () => hold);
    },
    sourceFailed(error, call) {
      logPush("%s failed: %O", call, error);
      tell("sourceFailed", () => ({ error, call }));
    },
  };
}
