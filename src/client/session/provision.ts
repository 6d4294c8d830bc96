import type { WbxmlElement } from "../../wbxml/index.js";
import {
  provisionAcknowledgement,
  provisionRequest,
  readProvision,
  wipeQuestion,
} from "../documents/provision.js";
import type { EasAnswer } from "../transport/eas-transport.js";
import { type ClientFailure, commonFailure } from "./client-failure.js";

/** What the device can do of a policy: all of it, all that concerns the password at least, or too little. */
export type PolicyVerdict = "applied" | "partly-applied" | "not-applied";

/** Applies a policy, an EASProvisionDoc ([MS-ASPROV] 2.2.2.28), and says how far it got. */
export type AcceptPolicy = (policy: WbxmlElement) => PolicyVerdict | Promise<PolicyVerdict>;

/** What {@link provision} needs. */
export interface ProvisionSteps {
  send(document: WbxmlElement, policyKey: string): Promise<EasAnswer | ClientFailure>;
  readonly deviceInformation: WbxmlElement | undefined;
  /** After Status 140. */
  readonly asksForWipe: boolean;
  readonly acceptPolicy: AcceptPolicy;
}

/** What came of it; without a policy for this device there is no document. */
export type Provisioned =
  | { readonly kind: "provisioned"; readonly policyKey: string; readonly policy: WbxmlElement | undefined }
  | ClientFailure;

const acknowledged = { applied: 1, "partly-applied": 2, "not-applied": 3 } as const;
const noKey = "0";
/** Policy Status 5: another key was given out meanwhile. */
const wrongKey = 5;
const noPolicyForDevice = 2;
const maxStarts = 2;

/** Goes through both phases of Provision ([MS-ASPROV] 3.1.5.1). */
export async function provision(steps: ProvisionSteps): Promise<Provisioned> {
  if (steps.asksForWipe) {
    const told = await readPhase(steps, wipeQuestion(), noKey);
    // A server that answers the question with an error shows the order in its answer to the usual request.
    if (told.kind === "read" && told.wipe !== undefined) return wipeOf(told.wipe);
    if (told.kind !== "read" && told.kind !== "refused") return told;
  }
  for (let starts = 1; ; starts++) {
    const outcome = await bothPhases(steps);
    if (outcome.kind !== "wrong-key") return outcome;
    if (starts === maxStarts) return refusedBy(wrongKey);
  }
}

async function bothPhases(steps: ProvisionSteps): Promise<Provisioned | { readonly kind: "wrong-key" }> {
  const first = await readPhase(steps, provisionRequest(steps.deviceInformation), noKey);
  if (first.kind !== "read") return first;
  const { wipe, policyStatus, policyKey = noKey, policy } = first;
  if (wipe !== undefined) return wipeOf(wipe);
  if (policyStatus === noPolicyForDevice) return { kind: "provisioned", policyKey, policy: undefined };
  if (policyStatus !== undefined && policyStatus !== 1) return refusedBy(policyStatus);
  if (policyKey === noKey) return { kind: "provisioned", policyKey, policy };

  const verdict = policy === undefined ? "applied" : await steps.acceptPolicy(policy);
  const acknowledgement = provisionAcknowledgement(policyKey, acknowledged[verdict]);
  const second = await readPhase(steps, acknowledgement, policyKey);
  if (verdict === "not-applied") return { kind: "policy-refused" };
  if (second.kind !== "read") return second;
  if (second.wipe !== undefined) return wipeOf(second.wipe);
  if (second.policyStatus === wrongKey) return { kind: "wrong-key" };
  if (second.policyStatus !== undefined && second.policyStatus !== 1) return refusedBy(second.policyStatus);
  return { kind: "provisioned", policyKey: second.policyKey ?? policyKey, policy };
}

async function readPhase(
  steps: ProvisionSteps,
  document: WbxmlElement,
  policyKey: string,
): Promise<({ readonly kind: "read" } & ReturnType<typeof readProvision>) | ClientFailure> {
  const answer = await steps.send(document, policyKey);
  if (answer.kind !== "answered") return answer;
  const read = readProvision(answer.document);
  if (read.status === 3) return commonFailure("Provision", 111, answer.afterSeconds);
  if (read.status !== undefined && read.status > 100) {
    return commonFailure("Provision", read.status, answer.afterSeconds);
  }
  return read.status === 1 && answer.status === 200 ? { kind: "read", ...read } : refusedBy(read.status);
}

function wipeOf(scope: "device" | "account"): ClientFailure {
  return { kind: "wipe-requested", scope };
}

function refusedBy(status: number | undefined): ClientFailure {
  return { kind: "refused", command: "Provision", httpStatus: 200, status };
}
