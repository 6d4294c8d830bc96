/**
 * How the ids of the devices begin that `direct-push probe` says it is. A server of this package lets them measure: it holds their Pings for as long
 * as they ask, whatever it has learned, and learns nothing of them.
 */
export const pathProbePrefix = "DPPROBE";

/** Whether a canonical device id is one of the probe's. */
export function isPathProbe(deviceId: string): boolean {
  return deviceId.startsWith(pathProbePrefix);
}
