import type { EndedEvent, Tell } from "../events.js";
import type { CoordinatorObserver, HoldEnd } from "../push/coordinator-observer.js";
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
      if (short !== undefined) {
        logHealth("the last %d heartbeats are %d s on average", short.samples, short.averageSeconds);
        tell("heartbeatsShort", () => short);
      }
      return negotiator.held(hold);
    },
    ended(end) {
      noteEnd(end, negotiator);
      if (logPush.enabled) logEnd(end);
      const { kind } = end.outcome;
      tell("ended", () => endedEvent(end));
      if (kind === "superseded") tell("superseded", () => end.describe());
    },
    sourceFailed(error, call) {
      logPush("%s failed: %O", call, error);
      tell("sourceFailed", () => ({ error, call }));
    },
  };
}

function noteEnd(end: HoldEnd, negotiator: HeartbeatNegotiator): void {
  const { outcome, sequence, command, heldSeconds, heartbeat } = end;
  const isTimedOut = outcome.kind === "disconnected" && outcome.how === "timed-out";
  const noted = { sequence, command, heldSeconds, outcome: isTimedOut ? "timed-out" : outcome.kind } as const;
  if (heartbeat !== undefined && outcome.kind !== "superseded") {
    heartbeat.ended(noted, end.answeredAtMs);
    return;
  }
  const { user, deviceId } = end.describe();
  negotiator.observe({ kind: "ended", device: { user, deviceId }, ...noted });
}

function logEnd(end: HoldEnd): void {
  const { user, deviceId, command, heldSeconds } = end.describe();
  logPush("%s %s %s %s after %d s", user, deviceId, command, end.outcome.kind, heldSeconds);
}

function endedEvent(end: HoldEnd): EndedEvent {
  const { outcome, heldSeconds, wakeReason, pushMilliseconds } = end;
  const hold = end.describe();
  return {
    hold,
    kind: outcome.kind,
    askedSeconds: hold.askedSeconds,
    heldSeconds,
    folders: outcome.kind === "changed" ? outcome.folders : [],
    wakeReason,
    pushMilliseconds,
  };
}
