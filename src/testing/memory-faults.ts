/** What a test can make a {@link MemoryMailbox} do wrong, and what it counts. */
export class MemoryFaults<Method extends string> {
  readonly #calls = new Map<Method, number>();
  #error: Error | undefined;
  #only: ReadonlySet<Method> | undefined;
  #hung: { readonly released: Promise<void>; readonly release: () => void } | undefined;

  /** Makes calls reject with this error, all of them or the named ones, until {@link recover}. */
  failWith(error: Error, only?: readonly Method[]): void {
    this.recover();
    this.#error = error;
    this.#only = only === undefined ? undefined : new Set(only);
  }

  /** Makes calls wait, all of them or the named ones, until {@link recover}. */
  hang(only?: readonly Method[]): void {
    this.recover();
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#hung = { released, release };
    this.#only = only === undefined ? undefined : new Set(only);
  }

  /** Works again; what was waiting goes on. */
  recover(): void {
    this.#error = undefined;
    this.#only = undefined;
    this.#hung?.release();
    this.#hung = undefined;
  }

  /** How often a method was called. */
  calls(method: Method): number {
    return this.#calls.get(method) ?? 0;
  }

  /** To be awaited first by each method. Undefined, so that a call costs no turn of its own when all is well. */
  enter(method: Method): Promise<void> | undefined {
    this.#calls.set(method, this.calls(method) + 1);
    if (this.#only !== undefined && !this.#only.has(method)) return undefined;
    if (this.#error !== undefined) return Promise.reject(this.#error);
    return this.#hung?.released;
  }
}
