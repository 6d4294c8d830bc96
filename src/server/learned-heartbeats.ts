import type { HeartbeatRestoredEvent, Tell } from "../events.js";
import type { CutSurvey } from "../push/cut-survey.js";
import type { HeartbeatAdopted, HeartbeatLearned, HeartbeatRestored } from "../push/heartbeat-learning.js";
import type { PathLimit } from "../push/heartbeat-limit.js";
import type { HeartbeatKnowledge } from "../push/heartbeat-negotiator.js";
import { updateDeviceRecord } from "../state/device-record.js";
import type { StateStore } from "../state/state-store.js";
import { logHealth, logPush } from "./logs.js";

/** Tells the limit of a device's path as an event and a log line. */
export function tellLearned({ device, network, limit }: HeartbeatLearned, tell: Tell): void {
  const { user, deviceId } = device;
  if (limit === undefined) logPush("%s %s on %s: no limit known any more", user, deviceId, network);
  else logPush("%s %s on %s: %s", user, deviceId, network, inWords(limit));
  tell("heartbeatLearned", () => ({ user, deviceId, network, limit: limit && toldLimit(limit) }));
}

/** Tells a limit that was learned before, and stored, as an event and a log line. */
export function tellRestored({ device, network, limit }: HeartbeatRestored, tell: Tell): void {
  const { user, deviceId } = device;
  logPush("%s %s on %s: %s, as learned before", user, deviceId, network, inWords(limit));
  tell("heartbeatRestored", () => ({ user, deviceId, network, limit: toldLimit(limit) }));
}

/** Tells a limit that a device takes over from others of its network, as an event and a log line. */
export function tellAdopted({ device, network, limit }: HeartbeatAdopted, tell: Tell): void {
  const { user, deviceId } = device;
  logPush("%s %s on %s: %s, as others found", user, deviceId, network, inWords(limit));
  tell("heartbeatAdopted", () => ({ user, deviceId, network, limit: toldLimit(limit) }));
}

function inWords({ carriedSeconds, lostSeconds, isCut }: PathLimit): string {
  return `${carriedSeconds} s carried, ${lostSeconds} s ${isCut ? "cut" : "lost"}`;
}

function toldLimit({ carriedSeconds, lostSeconds, isCut }: PathLimit): HeartbeatRestoredEvent["limit"] {
  return { carriedSeconds, lostSeconds, end: isCut ? "cut" : "silent" };
}

/** Tells what cuts the path, where it is cut and that is news. */
export function tellCut({ network, limit }: HeartbeatLearned, survey: CutSurvey, tell: Tell): void {
  const finding = limit?.isCut === true ? survey.note(network, limit.lostSeconds) : undefined;
  if (finding === undefined) return;
  const where = finding.network ?? `${finding.networks} networks`;
  const culprits = finding.likelyCulprits.join(", ") || "nothing known";
  logHealth("held requests on %s are cut after %d s, as by %s", where, finding.seconds, culprits);
  tell("connectionsCut", () => finding);
}

/** Writes what is known of a device to its record. A failure is only logged: it is learned again. */
export async function storeLearned(
  state: StateStore,
  { user, deviceId }: HeartbeatLearned["device"],
  heartbeat: HeartbeatKnowledge | undefined,
): Promise<void> {
  try {
    await updateDeviceRecord(state, user, deviceId, ({ heartbeat: _, ...record }) => ({
      result: undefined,
      write: { ...record, ...(heartbeat && { heartbeat }) },
    }));
  } catch (error) {
    logPush("%s %s: what was learned could not be stored: %O", user, deviceId, error);
  }
}
