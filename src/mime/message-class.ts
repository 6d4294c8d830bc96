import type { Email } from "postal-mime";
import { header, parameterOf } from "./message-headers.js";

/** The message class of a mail ([MS-ASEMAIL] 2.2.2.49): plain mail, S/MIME, or a report. */
export function messageClassOf(message: Pick<Email, "headers" | "attachments">): string {
  const contentType = header(message, "content-type") ?? "";
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (type === "application/pkcs7-mime" || type === "application/x-pkcs7-mime")
    return opaqueClass(contentType);
  if (type === "multipart/signed") return signedClass(contentType);
  if (type === "multipart/report") return reportClass(contentType, message);
  return "IPM.Note";
}

function opaqueClass(contentType: string): string {
  return parameterOf(contentType, "smime-type")?.toLowerCase() === "signed-receipt"
    ? "IPM.Note.Receipt.SMIME"
    : "IPM.Note.SMIME";
}

function signedClass(contentType: string): string {
  const protocol = parameterOf(contentType, "protocol")?.toLowerCase() ?? "";
  // A PGP signature is multipart/signed too, but no S/MIME.
  return protocol.includes("pkcs7") ? "IPM.Note.SMIME.MultipartSigned" : "IPM.Note";
}

function reportClass(contentType: string, message: Pick<Email, "attachments">): string {
  const kind = parameterOf(contentType, "report-type")?.toLowerCase();
  if (kind === "disposition-notification") return "REPORT.IPM.Note.IPNRN";
  if (kind !== "delivery-status") return "IPM.Note";
  const status = message.attachments.find(({ mimeType }) => mimeType === "message/delivery-status");
  const action = /^action:\s*([a-z]+)/im.exec(contentText(status?.content))?.[1]?.toLowerCase();
  if (action === "delayed") return "REPORT.IPM.Note.DELAYED";
  return action === "delivered" || action === "relayed" || action === "expanded"
    ? "REPORT.IPM.Note.DR"
    : "REPORT.IPM.Note.NDR";
}

function contentText(content: Email["attachments"][number]["content"] | undefined): string {
  if (content === undefined || typeof content === "string") return content ?? "";
  return Buffer.from(content instanceof ArrayBuffer ? new Uint8Array(content) : content).toString("latin1");
}
