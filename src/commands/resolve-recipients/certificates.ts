import type { FoundRecipient } from "../../mailbox/abilities/recipients.js";
import { element, ResolveRecipients, textElement, type WbxmlElement } from "../../wbxml/index.js";
import type { CertificateWishes } from "./request.js";
import { RecipientsStatus } from "./status.js";

/** Counts the certificates of one answer. A recipient gets all of its certificates or none ([MS-ASCMD] 2.2.3.101). */
export class CertificateAllowance {
  readonly #form: CertificateWishes["form"];
  #left: number;

  constructor({ form, max = Number.POSITIVE_INFINITY }: CertificateWishes) {
    this.#form = form;
    this.#left = max;
  }

  /** The Certificates element of the next recipient. No mailbox has mini certificates: who wants them is told that there are none. */
  elementOf({ certificates = [], members }: FoundRecipient): WbxmlElement {
    const counts = [
      textElement(ResolveRecipients.CertificateCount, certificates.length),
      members && textElement(ResolveRecipients.RecipientCount, members.length),
    ];
    const answer = (status: number, sent: readonly WbxmlElement[] = []): WbxmlElement =>
      element(ResolveRecipients.Certificates, [
        textElement(ResolveRecipients.Status, status),
        ...counts,
        ...sent,
      ]);
    if (certificates.length === 0 || this.#form === "mini") return answer(RecipientsStatus.NoCertificate);
    if (certificates.length > this.#left) return answer(RecipientsStatus.CertificateLimitReached);
    this.#left -= certificates.length;
    const texts = certificates.map((one) => Buffer.from(one).toString("base64"));
    return answer(
      RecipientsStatus.Success,
      texts.map((text) => textElement(ResolveRecipients.Certificate, text)),
    );
  }
}
