const dayMs = 86_400_000;

/** What each creation token of the last day stands for. */
export class CreationTokens<T> {
  /** Made when there is something to remember: most users of a test only receive. */
  #made: Map<string, { readonly made: T; readonly atMs: number }> | undefined;

  /** What was made with this token, as it was then. */
  find(token: string, nowMs: number): T | undefined {
    this.#forget(nowMs);
    return this.#made?.get(token)?.made;
  }

  /** Remembers for a day. */
  remember(token: string, made: T, nowMs: number): void {
    this.#made ??= new Map();
    this.#made.set(token, { made, atMs: nowMs });
  }

  #forget(nowMs: number): void {
    const made = this.#made;
    if (made === undefined) return;
    for (const [token, { atMs }] of made) {
      if (nowMs - atMs < dayMs) return;
      made.delete(token);
    }
  }
}
