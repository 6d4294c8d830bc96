import { createDirectPush, type DirectPushOptions, type ProtocolVersion } from "../../../../src/index.js";
import { type DeviceAnswer, InProcessDevice, MemoryMailbox } from "../../../../src/testing/index.js";
import { decode, element, ItemOperations, type WbxmlElement } from "../../../../src/wbxml/index.js";
import { plain } from "../command-context.js";

/** Whose mailbox it is. */
export const user = "alice@example.com";

/** Two bytes that are no UTF-8, and a few that base64 pads. */
export const pictureBytes: Uint8Array = Buffer.from("89504e470d0a1a0a00ff", "hex");
export const noteBytes: Uint8Array = Buffer.from("A note.");

/** A mail with two attachments. */
export const mailWithAttachments = [
  "From: Bob <bob@example.com>",
  "To: alice@example.com",
  "Subject: Two files",
  "MIME-Version: 1.0",
  'Content-Type: multipart/mixed; boundary="b1"',
  "",
  "--b1",
  "Content-Type: text/plain; charset=utf-8",
  "",
  "See the files.",
  "--b1",
  'Content-Type: image/png; name="a.png"',
  'Content-Disposition: attachment; filename="a.png"',
  "Content-Transfer-Encoding: base64",
  "",
  Buffer.from(pictureBytes).toString("base64"),
  "--b1",
  "Content-Type: text/plain",
  'Content-Disposition: attachment; filename="note.txt"',
  "Content-Transfer-Encoding: base64",
  "",
  Buffer.from(noteBytes).toString("base64"),
  "--b1--",
  "",
].join("\r\n");

/** A server with one mail in its inbox, and a phone. */
export interface Bench {
  readonly mailbox: MemoryMailbox;
  readonly device: InProcessDevice;
  /** The mail's id. */
  readonly id: string;
  /** Names the attachment at an index of the mail. */
  fileReference(index: number): Promise<string>;
  /** Sends operations; the answer inline. */
  operate(...operations: readonly WbxmlElement[]): Promise<unknown>;
  /** Sends operations; the answer in parts. */
  operateInParts(...operations: readonly WbxmlElement[]): Promise<Parts>;
}

/** A multipart answer, taken apart by its table. */
export interface Parts {
  /** As plain data. */
  readonly document: unknown;
  readonly parts: readonly Buffer[];
  readonly answer: DeviceAnswer;
}

/** Starts it. */
export function startBench(
  version: ProtocolVersion = "16.1",
  mailbox: MemoryMailbox = new MemoryMailbox(),
  options: Partial<DirectPushOptions> = {},
): Bench {
  const directPush = createDirectPush({
    mailbox,
    source: mailbox,
    authenticate: async () => ({ kind: "user", user }),
    ...options,
  });
  const device = new InProcessDevice(directPush, { version });
  const id = mailbox.deliver(user, mailWithAttachments);
  const request = (operations: readonly WbxmlElement[]): WbxmlElement =>
    element(ItemOperations.ItemOperations, operations);
  return {
    mailbox,
    device,
    id,
    fileReference: async (index) => {
      const item = await mailbox.item({ user }, "inbox", id, { bodies: [], withBody: false });
      return (item?.class === "Email" ? item.attachments?.[index]?.fileReference : undefined) ?? "";
    },
    operate: async (...operations) => {
      const answer = await device.command("ItemOperations", request(operations));
      if (answer.document === undefined) throw new Error(`answered ${answer.status} without a document`);
      return plain(answer.document);
    },
    operateInParts: async (...operations) => {
      const headers = { "ms-asacceptmultipart": "T" };
      return takeApart(await device.send("ItemOperations", request(operations), { headers }).answer);
    },
  };
}

function takeApart(answer: DeviceAnswer): Parts {
  const body = Buffer.from(answer.body ?? []);
  const parts: Buffer[] = [];
  for (let index = 0; index < body.readUInt32LE(0); index += 1) {
    const at = body.readUInt32LE(4 + 8 * index);
    parts.push(body.subarray(at, at + body.readUInt32LE(8 + 8 * index)));
  }
  const [document = Buffer.alloc(0), ...others] = parts;
  return { document: plain(decode(document)), parts: others, answer };
}
