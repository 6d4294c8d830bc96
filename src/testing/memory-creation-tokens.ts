import type { WrittenItem } from "../mailbox/mailbox.js";

const dayMs = 86_400_000;

/** Which item each creation token of the last day stands for. */
export class CreationTokens {
  readonly #written = new Map<string, { readonly item: WrittenItem; readonly atMs: number }>();

  /** The item as it was when it was created with this token. */
  find(token: string, nowMs: number): WrittenItem | undefined {
    this.#forget(nowMs);
    return this.#written.get(token)?.item;
  }

  /** Remembers for a day. */
  remember(token: string, item: WrittenItem, nowMs: number): void {
    this.#written.set(token, { item, atMs: nowMs });
  }

  #forget(nowMs: number): void {
    for (const [token, { atMs }] of this.#written) {
      if (nowMs - atMs < dayMs) return;
      this.#written.delete(token);
    }
  }
}
