import type { EmailItem } from "../mailbox/items/email.js";
import type { MailboxItem } from "../mailbox/items/item.js";
import { isRaw, type MemoryContent } from "./memory-item.js";

/**
 * Parses raw messages when they are first asked for, and keeps the last ones: a mail is often asked for by several devices in a row, but
 * parsed mail takes several times the memory of its bytes.
 */
export class ParsedMessages {
  readonly #parsed = new Map<Uint8Array, Promise<EmailItem>>();
  readonly #keep: number;

  /** @param keep how many parsed messages to keep. */
  constructor(keep: number) {
    this.#keep = keep;
  }

  /** The item that a content stands for. */
  async item(content: MemoryContent): Promise<MailboxItem> {
    if (!isRaw(content)) return content;
    const { raw, ...known } = content;
    return { ...(await this.#parse(raw)), ...known };
  }

  #parse(raw: Uint8Array): Promise<EmailItem> {
    const known = this.#parsed.get(raw);
    // Back to the end: what was asked for last goes last.
    this.#parsed.delete(raw);
    const parsed = known ?? parseRaw(raw);
    this.#parsed.set(raw, parsed);
    for (const oldest of this.#parsed.keys()) {
      if (this.#parsed.size <= this.#keep) break;
      this.#parsed.delete(oldest);
    }
    return parsed;
  }
}

async function parseRaw(raw: Uint8Array): Promise<EmailItem> {
  const text = new TextDecoder().decode(raw);
  const [head = "", ...rest] = text.split(/\r?\n\r?\n/);
  const header = (name: string): string =>
    new RegExp(`^${name}:[ \\t]*(.*)$`, "im").exec(head)?.[1]?.trim() ?? "";
  return {
    class: "Email",
    subject: header("subject"),
    from: header("from"),
    to: header("to"),
    dateReceivedMs: 0,
    read: false,
    body: { native: "plain", plain: { data: rest.join("\r\n\r\n") }, mime: { data: raw } },
  };
}
