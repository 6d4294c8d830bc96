import type { WrittenItem } from "../mailbox/mailbox.js";

const dayMs = 86_400_000;

/** Which item each creation token of the last day stands for. */
export class CreationTokens {
  /** Made when there is something to remember: most users of a test only receive. */
  #written: Map<string, { readonly item: WrittenItem; readonly atMs: number }> | undefined;

  /** The item as it was when it was created with this token. */
  find(token: string, nowMs: number): WrittenItem | undefined {
    this.#forget(nowMs);
    return this.#written?.get(token)?.item;
  }

  /** Remembers for a day. */
  remember(token: string, item: WrittenItem, nowMs: number): void {
    this.#written ??= new Map();
    this.#written.set(token, { item, atMs: nowMs });
  }

  #forget(nowMs: number): void {
    const written = this.#written;
    if (written === undefined) return;
    for (const [token, { atMs }] of written) {
      if (nowMs - atMs < dayMs) return;
      written.delete(token);
    }
  }
}
