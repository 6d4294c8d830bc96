import { AirSyncBase } from "../../wbxml/code-pages/air-sync-base.js";
import { ComposeMail } from "../../wbxml/code-pages/compose-mail.js";
import type { WbxmlElement } from "../../wbxml/element.js";
import { bytes, child, children, childText } from "../../wbxml/reading.js";

const plainType = "1";
const htmlType = "2";

/**
 * The message of a SmartForward that names whom to forward to in the place of a message ([MS-ASCMD] 2.2.3.79, 16.0 on); undefined when it
 * names nobody, or somebody without an address.
 */
export function readForwardees(document: WbxmlElement): Uint8Array | undefined {
  const forwardees = children(child(document, ComposeMail.Forwardees), ComposeMail.Forwardee);
  const recipients = forwardees.map(recipientText);
  if (recipients.length === 0 || recipients.includes(undefined)) return undefined;
  const body = child(document, AirSyncBase.Body);
  const type = childText(body, AirSyncBase.Type)?.trim() ?? plainType;
  if (body !== undefined && type !== plainType && type !== htmlType) return undefined;
  const text = Buffer.from(bytes(child(body, AirSyncBase.Data)) ?? []);
  const mediaType = type === htmlType ? "text/html" : "text/plain";
  const head = [
    `To: ${recipients.join(",\r\n ")}`,
    "MIME-Version: 1.0",
    `Content-Type: ${mediaType}; charset=utf-8`,
    "Content-Transfer-Encoding: base64",
  ];
  const lines = text.toString("base64").replaceAll(/(.{76})/g, "$1\r\n");
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${lines}\r\n`, "latin1");
}

function recipientText(forwardee: WbxmlElement): string | undefined {
  const email = childText(forwardee, ComposeMail.Email)?.trim() ?? "";
  if (!/^[^\s<>@,;"\p{Cc}]+@[^\s<>@,;"\p{Cc}]+$/u.test(email)) return undefined;
  const name = childText(forwardee, ComposeMail.Name)?.trim() ?? "";
  if (name === "") return `<${email}>`;
  return `=?UTF-8?B?${Buffer.from(name.slice(0, 256), "utf8").toString("base64")}?= <${email}>`;
}
