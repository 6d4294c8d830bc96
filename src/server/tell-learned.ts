import type { Tell } from "../events.js";
import type { HeartbeatLearned } from "../push/heartbeat-learning.js";
import { logPush } from "./logs.js";

/** Tells the limit of a device's path as an event and a log line. */
export function tellLearned({ device, network, limit }: HeartbeatLearned, tell: Tell): void {
  const { user, deviceId } = device;
  if (limit === undefined) {
    logPush("%s %s heartbeat on %s: no limit known any more", user, deviceId, network);
  } else {
    const { carriedSeconds, lostSeconds, isCut } = limit;
    const how = isCut ? "cut" : "lost";
    logPush(
      "%s %s heartbeat on %s: %d s carried, %d s %s",
      user,
      deviceId,
      network,
      carriedSeconds,
      lostSeconds,
      how,
    );
  }
  tell("heartbeatLearned", () => ({
    user,
    deviceId,
    network,
    limit: limit && {
      carriedSeconds: limit.carriedSeconds,
      lostSeconds: limit.lostSeconds,
      end: limit.isCut ? "cut" : "silent",
    },
  }));
}
