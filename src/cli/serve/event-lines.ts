import type { DirectPushEvents, HeartbeatLearnedEvent } from "../../events.js";
import { errorFields, type JsonLog, type LogFields } from "./json-log.js";

/** Writes a line for what happens besides requests: refusals, faults, and what shortens heartbeats. Nothing in it says what mail is about. */
export function logEvents(events: DirectPushEvents, log: JsonLog): void {
  logRefusals(events, log);
  logFaults(events, log);
  events.on("heartbeatLearned", (learned) => log.write("info", "heartbeat-learned", limitFields(learned)));
  events.on("heartbeatRestored", (restored) =>
    log.write("info", "heartbeat-restored", limitFields(restored)),
  );
  events.on("heartbeatAdopted", (adopted) => log.write("info", "heartbeat-adopted", limitFields(adopted)));
  events.on("heartbeatsShort", ({ averageSeconds, samples }) =>
    log.write("warn", "heartbeats-short", { averageSeconds: Math.round(averageSeconds), samples }),
  );
  events.on("connectionsCut", ({ seconds, network, networks, likelyCulprits }) =>
    log.write("warn", "connections-cut", { seconds, network, networks, likelyCulprits }),
  );
  events.on("wipe", ({ device, scope, state }) =>
    log.write("warn", "wipe", { user: device.user, device: device.id, scope, state }),
  );
}

function logRefusals(events: DirectPushEvents, log: JsonLog): void {
  // For what watches the log for attacks: the address is that of the connection, or of the proxy's header.
  events.on("authenticationRefused", ({ user, remoteAddress }) =>
    log.write("warn", "login-refused", { user, remoteAddress }),
  );
  events.on("deviceRefused", ({ device, decision, reason, command }) =>
    log.write("warn", "device-refused", { ...deviceFields(device), command, decision, reason }),
  );
  events.on("throttled", ({ device, command }) =>
    log.write("warn", "throttled", { ...deviceFields(device), command }),
  );
  events.on("refused", ({ device, askedSeconds, nearestSeconds }) =>
    log.write("info", "heartbeat-refused", { ...deviceFields(device), askedSeconds, nearestSeconds }),
  );
}

function logFaults(events: DirectPushEvents, log: JsonLog): void {
  events.on("sourceFailed", ({ error, call }) =>
    log.write("error", "source-failed", { call, ...errorFields(error) }),
  );
  events.on("requestFailed", ({ error, device, command }) =>
    log.write("error", "request-failed", { ...deviceFields(device), command, ...errorFields(error) }),
  );
  events.on("itemSkipped", ({ device, collectionId, itemId, error }) =>
    log.write("warn", "item-skipped", {
      ...deviceFields(device),
      folder: collectionId,
      item: itemId,
      ...errorFields(error),
    }),
  );
}

function limitFields({ user, deviceId, network, limit }: HeartbeatLearnedEvent): LogFields {
  return {
    user,
    device: deviceId,
    network,
    carriedSeconds: limit?.carriedSeconds,
    lostSeconds: limit?.lostSeconds,
    end: limit?.end ?? "none",
  };
}

function deviceFields(device: { readonly user: string; readonly id: string } | undefined): LogFields {
  return { user: device?.user, device: device?.id };
}
