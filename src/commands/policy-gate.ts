import { policyHash } from "../protocol/policy.js";
import { CommonStatus } from "../protocol/status.js";
import { type DeviceRecord, readDeviceRecord, updateDeviceRecord } from "../state/device-record.js";
import type { CommandContext, CommandRequest } from "./command.js";
import { acceptedPolicy, wipeStanding } from "./policy-standing.js";

/**
 * Acknowledgements in a row after which a device never came back with the key that it was given. Some devices provision again and again
 * and never use the key: from here on they are let through, for they did accept the policy.
 */
const cyclesUntilLetThrough = 2;

/**
 * Checks a request of a command that carries a policy key ([MS-ASPROV] 3.1.5.1): an order to erase first, then, where a policy is enforced,
 * the key. Not to be asked for Ping, Provision and OPTIONS.
 *
 * @returns undefined when the command may run; otherwise a common status: 140 to erase, 141 no key was sent, 142 not provisioned, 143 the
 *   policy changed, 144 a wrong key (all of them HTTP 449 before 14.0), or 129 for a device that was erased (HTTP 403 before 14.0).
 */
export async function checkPolicyKey(
  request: CommandRequest,
  context: CommandContext,
): Promise<number | undefined> {
  const { device, options, state } = context;
  const record = await readDeviceRecord(state, device.user, device.id);
  const wipe = wipeStanding(record, device);
  if (wipe.kind === "refused") return CommonStatus.DeviceIsBlockedForThisUser;
  if (wipe.kind === "due") return CommonStatus.RemoteWipeRequested;
  if (!options.policy.enforce) return undefined;
  const refusal = keyRefusal(request.policyKey, record, context);
  if (refusal === undefined) await confirmKey(request.policyKey, record, context);
  return refusal;
}

function keyRefusal(
  key: number | undefined,
  record: DeviceRecord,
  { options: { policy } }: CommandContext,
): number | undefined {
  if (key === undefined) {
    return policy.allowUnprovisionable ? undefined : CommonStatus.LegacyDeviceOnStrictPolicy;
  }
  const accepted = acceptedPolicy(record, policy);
  if (accepted === undefined) return withoutValidKey(key);
  if (accepted.policyHash !== policyHash(policy.document)) {
    return key === accepted.key ? CommonStatus.PolicyRefresh : withoutValidKey(key);
  }
  if (key === accepted.key || accepted.unconfirmedCycles >= cyclesUntilLetThrough) return undefined;
  return withoutValidKey(key);
}

function withoutValidKey(key: number): number {
  return key === 0 ? CommonStatus.DeviceNotProvisioned : CommonStatus.InvalidPolicyKey;
}

/** Notes that the device uses its key, once after each acknowledgement. */
async function confirmKey(
  key: number | undefined,
  record: DeviceRecord,
  { device, state }: CommandContext,
): Promise<void> {
  const accepted = record.policy?.accepted;
  if (accepted === undefined || accepted.key !== key || accepted.unconfirmedCycles === 0) return;
  await updateDeviceRecord(state, device.user, device.id, (present) => {
    const policy = present.policy;
    if (policy?.accepted?.key !== key) return { result: undefined };
    return {
      result: undefined,
      write: { ...present, policy: { ...policy, accepted: { ...policy.accepted, unconfirmedCycles: 0 } } },
    };
  });
}
