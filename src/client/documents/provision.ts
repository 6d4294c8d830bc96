import {
  child,
  childInteger,
  childText,
  element,
  Provision,
  textElement,
  type WbxmlElement,
} from "../../wbxml/index.js";

const policyType = "MS-EAS-Provisioning-WBXML";

/** What a Provision was answered ([MS-ASPROV] 2.2.2.54). */
export interface ProvisionAnswer {
  readonly status: number | undefined;
  readonly policyStatus: number | undefined;
  readonly policyKey: string | undefined;
  /** The EASProvisionDoc. */
  readonly policy: WbxmlElement | undefined;
  /** What the server wants erased. */
  readonly wipe: "device" | "account" | undefined;
}

/** Asks for the policy ([MS-ASPROV] 3.1.5.1.1); with DeviceInformation from 14.1 on. */
export function provisionRequest(deviceInformation: WbxmlElement | undefined): WbxmlElement {
  const policy = element(Provision.Policy, [textElement(Provision.PolicyType, policyType)]);
  return element(Provision.Provision, [deviceInformation, element(Provision.Policies, [policy])]);
}

/** Says what became of the policy ([MS-ASPROV] 3.1.5.1.2). */
export function provisionAcknowledgement(temporaryKey: string, status: 1 | 2 | 3): WbxmlElement {
  const policy = element(Provision.Policy, [
    textElement(Provision.PolicyType, policyType),
    textElement(Provision.PolicyKey, temporaryKey),
    textElement(Provision.Status, status),
  ]);
  return element(Provision.Provision, [element(Provision.Policies, [policy])]);
}

/** Asks what is to be erased ([MS-ASPROV] 3.1.5.1.2): an empty Provision. */
export function wipeQuestion(): WbxmlElement {
  return element(Provision.Provision, []);
}

/** Reads either phase. */
export function readProvision(document: WbxmlElement | undefined): ProvisionAnswer {
  const policy = child(child(document, Provision.Policies), Provision.Policy);
  const wipesDevice = child(document, Provision.RemoteWipe) !== undefined;
  const wipesAccount = child(document, Provision.AccountOnlyRemoteWipe) !== undefined;
  return {
    status: statusOf(document),
    policyStatus: statusOf(policy),
    policyKey: childText(policy, Provision.PolicyKey) || undefined,
    policy: child(child(policy, Provision.Data), Provision.EASProvisionDoc),
    wipe: wipesDevice ? "device" : wipesAccount ? "account" : undefined,
  };
}

function statusOf(parent: WbxmlElement | undefined): number | undefined {
  const status = childInteger(parent, Provision.Status);
  return status?.kind === "integer" ? status.value : undefined;
}
