import { isPathProbe } from "../protocol/path-probe.js";
import type { HeartbeatDevice, HeartbeatNegotiator } from "../push/heartbeat-negotiator.js";

/**
 * Keeps the devices of `direct-push probe` from a negotiator that learns: they ask for too much on purpose, which must neither teach it anything nor
 * be answered by what it has learned.
 *
 * @param bounded what decides for the probe: bounds and nothing else.
 */
export function apartFromProbes(
  learning: HeartbeatNegotiator,
  bounded: HeartbeatNegotiator,
): HeartbeatNegotiator {
  const of = ({ deviceId }: HeartbeatDevice): HeartbeatNegotiator =>
    isPathProbe(deviceId) ? bounded : learning;
  return {
    negotiate: (device, askedSeconds, network) => of(device).negotiate(device, askedSeconds, network),
    held: (device) => of(device).held(device),
    observe: (observation) => of(observation.device).observe(observation),
    isKnown: (device) => of(device).isKnown(device),
    knowledge: (device) => of(device).knowledge(device),
    restore: (device, knowledge) => of(device).restore(device, knowledge),
  };
}
