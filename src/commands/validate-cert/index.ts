import { X509Certificate } from "node:crypto";
import { certificateTrustOf } from "../../mailbox/abilities/certificate-trust.js";
import {
  bytes,
  child,
  childElements,
  childInteger,
  element,
  textElement,
  ValidateCert,
  type WbxmlElement,
} from "../../wbxml/index.js";
import type { Command, CommandContext, CommandOutcome, CommandRequest } from "../command.js";
import { answeringUnavailable, isUnavailable } from "../unavailable.js";
import { certificateStatus } from "./certificate-chain.js";
import { CertificateStatus, type CertificateStatusValue } from "./status.js";
import { TrustedAuthorities } from "./trusted-authorities.js";

/** Most certificates of a request, and of its chain ([MS-ASCMD] 3.1.5.10). */
const maxCertificates = 100;

/** ValidateCert ([MS-ASCMD] 2.2.1.22): whether S/MIME certificates can be trusted. Revocation lists are not fetched. */
export const validateCert: Command = {
  name: "ValidateCert",
  rootTag: ValidateCert.ValidateCert,
  statusTag: ValidateCert.Status,
  since: "12.1",
  needsPolicyKey: true,
  needsBody: true,
  run: answeringUnavailable(run),
};

interface CertificatesRequest {
  readonly certificates: readonly (X509Certificate | undefined)[];
  readonly chain: readonly X509Certificate[];
  readonly checkRevocation: boolean;
}

async function run(request: CommandRequest, context: CommandContext): Promise<CommandOutcome> {
  const read = readRequest(request.document);
  if (read === undefined) return answer(CertificateStatus.ProtocolError);
  try {
    const { mailbox, mailboxRef, clock } = context;
    const own = (await certificateTrustOf(mailbox)?.trustedAuthorities(mailboxRef)) ?? [];
    const trusted = new TrustedAuthorities(own.map(readCertificate).filter((one) => one !== undefined));
    const checks = { chain: read.chain, trusted, nowMs: clock.now() };
    const statuses = read.certificates.map((certificate) => {
      if (certificate === undefined) return CertificateStatus.Malformed;
      const status = certificateStatus(certificate, checks);
      const isUnsure = status === CertificateStatus.Success && read.checkRevocation;
      return isUnsure ? CertificateStatus.RevocationUnknown : status;
    });
    return answer(CertificateStatus.Success, statuses);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    context.events.sourceFailed(error);
    return answer(CertificateStatus.ServerError);
  }
}

/** Undefined for a request that cannot be read, or asks for too much. */
function readRequest(document: WbxmlElement | undefined): CertificatesRequest | undefined {
  if (document?.tag !== ValidateCert.ValidateCert) return undefined;
  const certificates = childElements(child(document, ValidateCert.Certificates));
  const chain = childElements(child(document, ValidateCert.CertificateChain));
  const check = childInteger(document, ValidateCert.CheckCRL);
  const isOneOf = (value: number): boolean => value === 0 || value === 1;
  const isWellFormed =
    certificates.length > 0 &&
    certificates.length <= maxCertificates &&
    chain.length <= maxCertificates &&
    [...certificates, ...chain].every(({ tag }) => tag === ValidateCert.Certificate) &&
    (check === undefined || (check.kind === "integer" && isOneOf(check.value)));
  if (!isWellFormed) return undefined;
  return {
    certificates: certificates.map((one) => readCertificate(bytes(one))),
    chain: chain.map((one) => readCertificate(bytes(one))).filter((one) => one !== undefined),
    checkRevocation: check?.kind === "integer" && check.value === 1,
  };
}

function readCertificate(der: Uint8Array | undefined): X509Certificate | undefined {
  try {
    return der && new X509Certificate(der);
  } catch {
    return undefined;
  }
}

function answer(
  status: CertificateStatusValue,
  certificates: readonly CertificateStatusValue[] = [],
): CommandOutcome {
  const document = element(ValidateCert.ValidateCert, [
    textElement(ValidateCert.Status, status),
    ...certificates.map((one) => element(ValidateCert.Certificate, [textElement(ValidateCert.Status, one)])),
  ]);
  return { kind: "document", document };
}
