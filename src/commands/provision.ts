import { randomInt } from "node:crypto";
import { policyHash } from "../protocol/policy.js";
import { CommonStatus } from "../protocol/status.js";
import { isAtLeast } from "../protocol/version.js";
import {
  type DeviceRecord,
  isRememberedDevice,
  type PolicyState,
  readDeviceRecord,
  updateDeviceRecord,
} from "../state/device-record.js";
import { Provision } from "../wbxml/code-pages/provision.js";
import type { Command, CommandContext, CommandOutcome, CommandRequest } from "./command.js";
import type { DeviceInformationRequest } from "./device-information.js";
import { acknowledgementRefusal, wipeStanding } from "./policy-standing.js";
import { encodeProvision, type PolicyReply, type ProvisionReply } from "./provision-reply.js";
import { decodeProvision, type ProvisionRequest } from "./provision-request.js";
import { reportWipe } from "./provision-wipe.js";
import { answeringUnavailable } from "./unavailable.js";

/** The one format of policies from 12.0 on ([MS-ASPROV] 2.2.2.43). */
const policyTypeWbxml = "MS-EAS-Provisioning-WBXML";

/**
 * Provision ([MS-ASPROV] 3.2.5.1): hands out the policy under a temporary key, takes the acknowledgement, and hands out the key for every
 * other command; and it is how a device learns of, and reports, an order to erase. Answered politely where no policy is enforced, too.
 */
export const provision: Command = {
  name: "Provision",
  rootTag: Provision.Provision,
  statusTag: Provision.Status,
  since: "12.1",
  needsPolicyKey: false,
  needsBody: false,
  run: answeringUnavailable(run),
};

async function run(request: CommandRequest, context: CommandContext): Promise<CommandOutcome> {
  const { device, events, state } = context;
  const sent = decodeProvision(request.document, device.version);
  if (sent.kind === "malformed") return replyWith({ status: 2 });
  if (sent.kind === "wipe-report") return replyWith(await reportWipe(sent.report, context));
  const record = await readDeviceRecord(state, device.user, device.id);
  const wipe = wipeStanding(record, device);
  if (wipe.kind === "refused") return commonStatus(CommonStatus.DeviceIsBlockedForThisUser);
  if (wipe.kind === "due" && record.wipe !== undefined) {
    events.wipe({ device, scope: record.wipe.scope, state: "requested" });
    return replyWith({ status: 1, policy: policyBesideWipe(sent, context), wipe: record.wipe.scope });
  }
  if (sent.kind === "empty") return replyWith({ status: 1 });
  if (sent.kind === "policy-request") return handOutPolicy(sent, record, context);
  return acceptAcknowledgement(sent, request.policyKey, context);
}

/**
 * The policy that a device asked for when it is to be erased instead: Android before 4.4 takes no order without one. Its key is kept nowhere,
 * for there is nothing to acknowledge but the erasure.
 */
function policyBesideWipe(sent: ProvisionRequest, { options }: CommandContext): PolicyReply | undefined {
  if (sent.kind !== "policy-request" || sent.policyType !== policyTypeWbxml) return undefined;
  return {
    status: 1,
    policyType: policyTypeWbxml,
    key: newPolicyKey(undefined),
    document: options.policy.document,
  };
}

async function handOutPolicy(
  sent: Extract<ProvisionRequest, { readonly kind: "policy-request" }>,
  record: DeviceRecord,
  context: CommandContext,
): Promise<CommandOutcome> {
  const { device, options, state } = context;
  const { deviceInformation, policyType } = sent;
  const mustTell = isAtLeast(device.version, "14.1") && record.information === undefined;
  if (deviceInformation === undefined && mustTell)
    return commonStatus(CommonStatus.DeviceInformationRequired);
  const deviceInformationStatus = deviceInformation && informationStatus(deviceInformation);
  if (policyType !== policyTypeWbxml) {
    return replyWith({ status: 1, deviceInformationStatus, policy: { status: 3, policyType } });
  }
  const key = newPolicyKey(record.policy);
  await updateDeviceRecord(state, device.user, device.id, (present) => ({
    result: undefined,
    write: {
      ...withInformation(present, deviceInformation),
      policy: { ...present.policy, temporary: { key, policyHash: policyHash(options.policy.document) } },
    },
  }));
  const policy: PolicyReply = { status: 1, policyType, key, document: options.policy.document };
  return replyWith({ status: 1, deviceInformationStatus, policy });
}

async function acceptAcknowledgement(
  sent: Extract<ProvisionRequest, { readonly kind: "acknowledgement" }>,
  headerKey: number | undefined,
  context: CommandContext,
): Promise<CommandOutcome> {
  const { device, options, state } = context;
  const policyType = sent.policyType ?? policyTypeWbxml;
  if (policyType !== policyTypeWbxml) return replyWith({ status: 1, policy: { status: 3, policyType } });
  const { acknowledgement } = sent;
  const refusal = acknowledgementRefusal(acknowledgement, options.policy);
  const presented = sent.key === undefined ? headerKey : policyKeyOf(sent.key);
  const key = await updateDeviceRecord<number | undefined>(state, device.user, device.id, (record) => {
    const { temporary, accepted } = record.policy ?? {};
    // Nothing is kept of a device that only tries a password: whatever it acknowledges is as good as any.
    if (!isRememberedDevice(device.id)) return { result: newPolicyKey(undefined) };
    if (temporary === undefined || temporary.key !== presented) return { result: undefined };
    const next = newPolicyKey(record.policy);
    const unconfirmedCycles = (accepted?.unconfirmedCycles ?? 0) + 1;
    const { policyHash: acknowledgedHash } = temporary;
    return {
      result: next,
      write: {
        ...record,
        policy: { accepted: { key: next, policyHash: acknowledgedHash, acknowledgement, unconfirmedCycles } },
      },
    };
  });
  if (key === undefined) return replyWith({ status: 1, policy: { status: 5, policyType } });
  if (refusal !== undefined) return commonStatus(refusal);
  return replyWith({ status: 1, policy: { status: 1, policyType, key } });
}

function informationStatus(information: DeviceInformationRequest): number {
  if (information.kind === "set") return 1;
  return information.kind === "malformed" ? 2 : 5;
}

function withInformation(record: DeviceRecord, told: DeviceInformationRequest | undefined): DeviceRecord {
  return told?.kind === "set"
    ? { ...record, information: { ...record.information, ...told.information } }
    : record;
}

function policyKeyOf(written: string): number | undefined {
  return /^[0-9]{1,10}$/.test(written.trim()) ? Number(written) : undefined;
}

/** A decimal unsigned 32-bit number that is neither 0 ("none") nor a key that the device may still send. */
function newPolicyKey(policy: PolicyState | undefined): number {
  for (;;) {
    const key = randomInt(1, 2 ** 32);
    if (key !== policy?.temporary?.key && key !== policy?.accepted?.key) return key;
  }
}

function replyWith(reply: ProvisionReply): CommandOutcome {
  return { kind: "document", document: encodeProvision(reply) };
}

function commonStatus(status: number): CommandOutcome {
  return { kind: "common-status", status };
}
