import type { MailboxItem } from "../mailbox/items/item.js";
import type { ParsedMessage } from "../mime/parse-message.js";
import { memoryFileReference } from "./memory-attachments.js";
import { isRaw, type MemoryContent, type RawMessage } from "./memory-item.js";

/**
 * Parses raw messages when they are first asked for, and keeps the last ones: a mail is often asked for by several devices in a row, but
 * parsed mail takes several times the memory of its bytes.
 */
export class ParsedMessages {
  readonly #parsed = new Map<Uint8Array, Promise<ParsedMessage>>();
  readonly #keep: number;

  /** @param keep how many parsed messages to keep. */
  constructor(keep: number) {
    this.#keep = keep;
  }

  /** The item that a content stands for. */
  async item(content: MemoryContent): Promise<MailboxItem> {
    if (!isRaw(content)) return content;
    const { raw: _, name: _name, ...known } = content;
    return { ...(await this.#parsedOf(content)), ...known };
  }

  #parsedOf(message: RawMessage): Promise<ParsedMessage> {
    const { raw } = message;
    const parsed = this.#parsed.get(raw) ?? parse(message);
    // Back to the end: what was asked for last goes last.
    this.#parsed.delete(raw);
    this.#parsed.set(raw, parsed);
    for (const oldest of this.#parsed.keys()) {
      if (this.#parsed.size <= this.#keep) break;
      this.#parsed.delete(oldest);
    }
    return parsed;
  }
}

async function parse({ raw, name, dateReceivedMs }: RawMessage): Promise<ParsedMessage> {
  // Its parser is an optional peer: who delivers no raw mail need not have it.
  const { parseMessage } = await import("../mime/parse-message.js");
  return await parseMessage(raw, {
    receivedMs: dateReceivedMs,
    fileReference: (index) => memoryFileReference(name, index),
  });
}
