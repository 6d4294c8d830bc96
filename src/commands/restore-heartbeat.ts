import { type DeviceRecord, readDeviceRecord } from "../state/device-record.js";
import type { CommandContext } from "./command.js";

/**
 * Gives the negotiator what was stored of a device that it does not know: after a restart, or when it had to forget it.
 *
 * @param record the device's record, where it was read already.
 */
export async function restoreHeartbeat(context: CommandContext, record?: DeviceRecord): Promise<void> {
  const { device, negotiator, state } = context;
  const subject = { user: device.user, deviceId: device.id };
  if (negotiator.isKnown(subject)) return;
  const { heartbeat } = record ?? (await readDeviceRecord(state, device.user, device.id));
  if (heartbeat !== undefined) negotiator.restore(subject, heartbeat);
}
