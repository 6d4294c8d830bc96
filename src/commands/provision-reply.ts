import type { PolicyDocument } from "../protocol/policy.js";
import type { WipeScope } from "../state/device-record.js";
import { Provision } from "../wbxml/code-pages/provision.js";
import { Settings } from "../wbxml/code-pages/settings.js";
import type { WbxmlElement } from "../wbxml/element.js";
import { element, emptyElement, optionalElement, optionalText, textElement } from "../wbxml/writing.js";
import { encodePolicyDocument } from "./provision-document.js";

/** What a reply says of the policy, by its Status ([MS-ASPROV] 2.2.2.54.1). */
export type PolicyReply =
  /** Phase one: apply this, and acknowledge it under the temporary key. */
  | {
      readonly status: 1;
      readonly policyType: string;
      readonly key: number;
      readonly document: PolicyDocument;
    }
  /** Phase two: use this key from now on. */
  | { readonly status: 1; readonly policyType: string; readonly key: number; readonly document?: undefined }
  /** 3: the type of policy is unknown; 5: the key is not the one to acknowledge. */
  | { readonly status: 3 | 5; readonly policyType: string };

/** A Provision response ([MS-ASPROV] 2.2.2.54.2). */
export type ProvisionReply =
  | {
      readonly status: 1;
      /** Status of the DeviceInformation, when the request had one. */
      readonly deviceInformationStatus?: number | undefined;
      readonly policy?: PolicyReply | undefined;
      /** The device is to erase itself, or the account. */
      readonly wipe?: WipeScope | undefined;
    }
  /** Protocol error; with `wipe`: the erasure is reported as failed and is demanded again. */
  | { readonly status: 2; readonly wipe?: WipeScope | undefined };

/** The document of a reply, its children in the order of the schema. */
export function encodeProvision(reply: ProvisionReply): WbxmlElement {
  const information = reply.status === 1 ? reply.deviceInformationStatus : undefined;
  const policy = reply.status === 1 ? reply.policy : undefined;
  return element(Provision.Provision, [
    optionalElement(Settings.DeviceInformation, [optionalText(Settings.Status, information)]),
    textElement(Provision.Status, reply.status),
    policy && element(Provision.Policies, [encodePolicy(policy)]),
    reply.wipe &&
      emptyElement(reply.wipe === "device" ? Provision.RemoteWipe : Provision.AccountOnlyRemoteWipe),
  ]);
}

function encodePolicy(policy: PolicyReply): WbxmlElement {
  const document = policy.status === 1 ? policy.document : undefined;
  return element(Provision.Policy, [
    textElement(Provision.PolicyType, policy.policyType),
    textElement(Provision.Status, policy.status),
    policy.status === 1 ? textElement(Provision.PolicyKey, policy.key) : undefined,
    document && element(Provision.Data, [encodePolicyDocument(document)]),
  ]);
}
