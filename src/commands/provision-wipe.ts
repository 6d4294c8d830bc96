import { updateDeviceRecord, type WipeOrder } from "../state/device-record.js";
import type { CommandContext } from "./command.js";
import type { ProvisionReply } from "./provision-reply.js";
import type { WipeReport } from "./provision-request.js";

/**
 * Takes a device's report of an order to erase ([MS-ASPROV] 3.2.5.1.2). A report that nobody asked for is thanked for and changes
 * nothing; one about the account alone does not answer an order about the whole device, which is demanded again.
 */
export async function reportWipe(report: WipeReport, context: CommandContext): Promise<ProvisionReply> {
  const { device, events, state } = context;
  const order = await updateDeviceRecord<WipeOrder | undefined>(state, device.user, device.id, (record) => {
    const { wipe, policy: _, ping: __, ...rest } = record;
    if (wipe === undefined || wipe.state === "done" || !isAbout(report, wipe)) return { result: wipe };
    if (!report.succeeded) {
      const failed: WipeOrder = { scope: wipe.scope, state: "failed" };
      return { result: failed, write: { ...record, wipe: failed } };
    }
    // Its keys and its Ping are of no use any more: should it be allowed back, it starts like a new device.
    return { result: wipe, write: { ...rest, wipe: { scope: wipe.scope, state: "done" } } };
  });
  if (order === undefined) return { status: 1 };
  if (!isAbout(report, order) || order.state === "done") return { status: 1, wipe: order.scope };
  events.wipe({ device, scope: order.scope, state: report.succeeded ? "done" : "failed" });
  return report.succeeded ? { status: 1, wipe: order.scope } : { status: 2, wipe: order.scope };
}

function isAbout(report: WipeReport, order: WipeOrder): boolean {
  return report.scope === undefined || report.scope === order.scope;
}
