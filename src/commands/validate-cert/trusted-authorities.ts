import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";

type BySubject = ReadonlyMap<string, readonly X509Certificate[]>;

/** Those that come with Node: read when they are first needed, which takes some milliseconds. */
let bundled: BySubject | undefined;

/** The authorities that are trusted: those that come with Node, and those of the mailbox. */
export class TrustedAuthorities {
  readonly #own: BySubject;

  constructor(own: readonly X509Certificate[]) {
    this.#own = bySubject(own);
  }

  /** Those of a name. */
  named(subject: string): readonly X509Certificate[] {
    bundled ??= bySubject(rootCertificates.map((pem) => new X509Certificate(pem)));
    return [...(this.#own.get(subject) ?? []), ...(bundled.get(subject) ?? [])];
  }

  /** Whether this very certificate is one of them. */
  has(certificate: X509Certificate): boolean {
    return this.named(certificate.subject).some((one) => one.raw.equals(certificate.raw));
  }
}

function bySubject(certificates: readonly X509Certificate[]): BySubject {
  const map = new Map<string, X509Certificate[]>();
  for (const certificate of certificates) {
    const same = map.get(certificate.subject);
    if (same === undefined) map.set(certificate.subject, [certificate]);
    else same.push(certificate);
  }
  return map;
}
