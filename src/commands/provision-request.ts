import type { ProtocolVersion } from "../protocol/version.js";
import { Provision } from "../wbxml/code-pages/provision.js";
import { Settings } from "../wbxml/code-pages/settings.js";
import type { WbxmlElement } from "../wbxml/element.js";
import { child, childElements, childInteger, childText } from "../wbxml/reading.js";
import { type DeviceInformationRequest, decodeDeviceInformation } from "./device-information.js";
import { asksForLater } from "./later-elements.js";

/** What a device reports of an order to erase: done, or failed. */
export interface WipeReport {
  /** Which element carried it; undefined when the device put it into a Policy, as iOS does. */
  readonly scope: "device" | "account" | undefined;
  readonly succeeded: boolean;
}

/** A Provision request by what it wants ([MS-ASPROV] 2.2.2.44). */
export type ProvisionRequest =
  | { readonly kind: "malformed" }
  /** Nothing in it: the device asks what it is to do. */
  | { readonly kind: "empty" }
  | { readonly kind: "wipe-report"; readonly report: WipeReport }
  /** Phase one. */
  | {
      readonly kind: "policy-request";
      readonly policyType: string;
      readonly deviceInformation: DeviceInformationRequest | undefined;
    }
  /** Phase two. */
  | {
      readonly kind: "acknowledgement";
      readonly policyType: string | undefined;
      /** As written; undefined when only the header has it. */
      readonly key: string | undefined;
      /** 1 applied, 2 in part, 3 not, 4 managed by others. */
      readonly acknowledgement: number;
    };

/**
 * Reads a Provision request in the shapes that devices send: children in any order, the report of an erasure at the top level (Android) or
 * as a Status without PolicyType in the Policy (iOS 5), an acknowledgement whose key is in the header alone.
 */
export function decodeProvision(
  document: WbxmlElement | undefined,
  version: ProtocolVersion,
): ProvisionRequest {
  if (document === undefined) return { kind: "empty" };
  if (document.tag !== Provision.Provision || asksForLater(document, version)) return { kind: "malformed" };
  const wipe = child(document, Provision.RemoteWipe);
  if (wipe !== undefined) return wipeReport(wipe, "device");
  const accountWipe = child(document, Provision.AccountOnlyRemoteWipe);
  if (accountWipe !== undefined) return wipeReport(accountWipe, "account");
  const policies = child(document, Provision.Policies);
  if (policies !== undefined) return decodePolicy(child(policies, Provision.Policy), document);
  return childElements(document).length === 0 ? { kind: "empty" } : { kind: "malformed" };
}

function decodePolicy(policy: WbxmlElement | undefined, document: WbxmlElement): ProvisionRequest {
  const policyType = childText(policy, Provision.PolicyType);
  const key = childText(policy, Provision.PolicyKey);
  const status = childInteger(policy, Provision.Status);
  if (status === undefined) {
    if (policyType === undefined) return { kind: "malformed" };
    return { kind: "policy-request", policyType, deviceInformation: informationIn(document) };
  }
  if (status.kind === "invalid") return { kind: "malformed" };
  if (policyType === undefined && key === undefined) return wipeReportOf(status.value, undefined);
  if (status.value < 1 || status.value > 4) return { kind: "malformed" };
  return { kind: "acknowledgement", policyType, key, acknowledgement: status.value };
}

function wipeReport(wipe: WbxmlElement, scope: "device" | "account"): ProvisionRequest {
  const status = childInteger(wipe, Provision.Status);
  return status?.kind === "integer" ? wipeReportOf(status.value, scope) : { kind: "malformed" };
}

function wipeReportOf(status: number, scope: WipeReport["scope"]): ProvisionRequest {
  if (status !== 1 && status !== 2) return { kind: "malformed" };
  return { kind: "wipe-report", report: { scope, succeeded: status === 1 } };
}

function informationIn(document: WbxmlElement): DeviceInformationRequest | undefined {
  const element = child(document, Settings.DeviceInformation);
  return element === undefined ? undefined : decodeDeviceInformation(element);
}
