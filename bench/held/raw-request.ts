import { encode } from "direct-push/wbxml";
import { pingRequest } from "./prime.js";

const pingBody = encode(pingRequest);
const syncKeyTag = Buffer.from([0x4b, 0x03]);

/** A request of a phone as bytes: a Ping, unless another is given. */
export function rawRequest(phone: number, command = "Ping", body: Uint8Array = pingBody): Buffer {
  const head =
    `POST /Microsoft-Server-ActiveSync?Cmd=${command}&User=u${phone}&DeviceId=D${phone}&DeviceType=Bench HTTP/1.1\r\n` +
    `Host: bench\r\nAuthorization: Basic ${Buffer.from(`u${phone}:p`).toString("base64")}\r\n` +
    "MS-ASProtocolVersion: 16.1\r\nContent-Type: application/vnd.ms-sync.wbxml\r\nUser-Agent: bench\r\n" +
    `Content-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** Found by its bytes (tag 0x4B, inline text up to a zero): decoding would cost the phones more than the server. */
export function syncKeyOf(answer: Buffer): string | undefined {
  const at = answer.indexOf(syncKeyTag);
  return at < 0 ? undefined : answer.toString("latin1", at + 2, answer.indexOf(0, at));
}
