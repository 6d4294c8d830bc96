import type { CommandEvents } from "../commands/command-events.js";
import type { Tell } from "../events.js";
import { logPush, logSync } from "./logs.js";

/** Turns what commands report into events and log lines. */
export function tellCommandEvents(tell: Tell): CommandEvents {
  return {
    syncServed(event) {
      const { device, collectionId, presentedKey, returnedKey } = event;
      logSync("%s %s %s key %s to %s", device.user, device.id, collectionId, presentedKey, returnedKey);
      tell("syncServed", () => event);
    },
    itemSkipped(event) {
      const { device, collectionId, itemId, error } = event;
      logSync("%s %s %s item %s skipped: %O", device.user, device.id, collectionId, itemId, error);
      tell("itemSkipped", () => event);
    },
    wipe(event) {
      logSync("%s %s wipe of the %s %s", event.device.user, event.device.id, event.scope, event.state);
      tell("wipe", () => event);
    },
    sourceFailed(error) {
      logSync("a part of a request is unavailable: %O", error);
      tell("sourceFailed", () => ({ error, call: "request" }));
    },
    requestFailed(event) {
      const { device, command, error } = event;
      logSync("%s of %s %s failed: %O", command, device.user, device.id, error);
      tell("requestFailed", () => event);
    },
    heartbeatRefused(event) {
      const { device, askedSeconds, nearestSeconds } = event;
      logPush("%s %s interval %d refused for %d", device.user, device.id, askedSeconds, nearestSeconds);
      tell("refused", () => event);
    },
  };
}
