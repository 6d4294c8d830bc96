import type { Device } from "../protocol/device.js";
import { policyHash } from "../protocol/policy.js";
import { CommonStatus } from "../protocol/status.js";
import { isAtLeast } from "../protocol/version.js";
import type { DeviceRecord, PolicyState } from "../state/device-record.js";
import type { PolicyOptions } from "./command-options.js";

/** What an order to erase means for a device now. */
export type WipeStanding =
  | { readonly kind: "none" }
  | { readonly kind: "due" }
  | { readonly kind: "refused" };

/**
 * What to do about an order to erase. A device that reported it done is refused, or it would be erased again at each set-up; so is one
 * that is to erase the account alone and cannot (before 16.1): it is never erased as a whole instead.
 */
export function wipeStanding(record: DeviceRecord, device: Device): WipeStanding {
  if (record.wipe === undefined) return { kind: "none" };
  if (record.wipe.state === "done") return { kind: "refused" };
  if (record.wipe.scope === "account" && !isAtLeast(device.version, "16.1")) return { kind: "refused" };
  return { kind: "due" };
}

/** The status that refuses what a device said of a policy ([MS-ASPROV] 2.2.2.54.1), or undefined when it is good enough. */
export function acknowledgementRefusal(acknowledgement: number, options: PolicyOptions): number | undefined {
  if (!options.enforce || acknowledgement === 1) return undefined;
  if (acknowledgement === 2 && options.allowPartial) return undefined;
  if (acknowledgement !== 4) return CommonStatus.DeviceNotFullyProvisionable;
  return options.allowUnprovisionable ? undefined : CommonStatus.ExternallyManagedDevicesNotAllowed;
}

/** The policy that counts as accepted, if any: one that was acknowledged in a way which is good enough today. */
export function acceptedPolicy(record: DeviceRecord, options: PolicyOptions): PolicyState["accepted"] {
  const accepted = record.policy?.accepted;
  if (accepted === undefined) return undefined;
  return acknowledgementRefusal(accepted.acknowledgement, options) === undefined ? accepted : undefined;
}

/** Whether a device has to provision before it may go on, as far as can be told without its key: a Ping carries none. */
export function isPolicyDue(record: DeviceRecord, options: PolicyOptions): boolean {
  if (!options.enforce) return false;
  const accepted = acceptedPolicy(record, options);
  if (accepted === undefined) return !options.allowUnprovisionable;
  return accepted.policyHash !== policyHash(options.document);
}
