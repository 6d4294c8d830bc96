import type { X509Certificate } from "node:crypto";
import { CertificateStatus, type CertificateStatusValue } from "./status.js";
import type { TrustedAuthorities } from "./trusted-authorities.js";

/** What certificates are checked with. */
export interface ChainChecks {
  /** Certificates of authorities that the device sent, in any order; they are trusted for nothing but their place in a chain. */
  readonly chain: readonly X509Certificate[];
  readonly trusted: TrustedAuthorities;
  readonly nowMs: number;
}

/** Longest way to an authority that is trusted. */
const maxDepth = 8;
const anyUsage = "2.5.29.37.0";
const mailUsage = "1.3.6.1.5.5.7.3.4";

/**
 * Whether a user's certificate is what it says, at this time: its dates, its extended key usage, the signatures up to an authority that is trusted, and
 * the dates, kinds and usages of the certificates on the way. Node shows no basic key usage, path lengths or name constraints: those are not checked.
 */
export function certificateStatus(certificate: X509Certificate, checks: ChainChecks): CertificateStatusValue {
  if (certificate.ca) return CertificateStatus.WrongKind;
  if (!isInTime(certificate, checks.nowMs)) return CertificateStatus.OutOfTime;
  if (!isForMail(certificate)) return CertificateStatus.NotForMail;
  if (checks.trusted.has(certificate)) return CertificateStatus.Success;
  return issuerStatus(certificate, checks, maxDepth);
}

/** The best that one of the possible issuers comes to. */
function issuerStatus(
  certificate: X509Certificate,
  checks: ChainChecks,
  depth: number,
): CertificateStatusValue {
  if (depth === 0) return CertificateStatus.Untrusted;
  const { issuer } = certificate;
  const anchors = checks.trusted.named(issuer);
  const others = checks.chain.filter(({ subject }) => subject === issuer);
  let told: CertificateStatusValue = CertificateStatus.Untrusted;
  let hasSigner = false;
  for (const candidate of [...anchors, ...others]) {
    if (!isSignedBy(certificate, candidate)) continue;
    hasSigner = true;
    const status = candidateStatus(candidate, anchors.includes(candidate), checks, depth);
    if (status === CertificateStatus.Success) return status;
    told = status;
  }
  const hasCandidate = anchors.length + others.length > 0;
  return hasCandidate && !hasSigner ? CertificateStatus.InvalidSignature : told;
}

function candidateStatus(
  candidate: X509Certificate,
  isAnchor: boolean,
  checks: ChainChecks,
  depth: number,
): CertificateStatusValue {
  // The oldest authorities' certificates do not say that they are such; being trusted says so.
  if (!candidate.ca && !isAnchor) return CertificateStatus.WrongKind;
  if (!isInTime(candidate, checks.nowMs)) return CertificateStatus.ChainOutOfTime;
  if (isAnchor) return CertificateStatus.Success;
  if (!isForMail(candidate)) return CertificateStatus.ChainNotForMail;
  // A self-signed one leads nowhere else.
  if (candidate.subject === candidate.issuer) return CertificateStatus.Untrusted;
  return issuerStatus(candidate, checks, depth - 1);
}

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

function isInTime({ validFrom, validTo }: X509Certificate, nowMs: number): boolean {
  return Date.parse(validFrom) <= nowMs && nowMs <= Date.parse(validTo);
}

/** Without an extended key usage a certificate is for everything. */
function isForMail({ keyUsage }: X509Certificate): boolean {
  const usages: readonly string[] | undefined = keyUsage;
  return (
    usages === undefined || usages.length === 0 || usages.includes(mailUsage) || usages.includes(anyUsage)
  );
}
