/**
 * A stream of which someone wants to know when it is over: `onEnd` is called once, when it ended, when it threw (with the error), or when it was
 * let go of, begun or not.
 */
export class FollowedStream implements AsyncIterableIterator<Uint8Array> {
  readonly #source: AsyncIterator<Uint8Array>;
  #onEnd: ((error?: unknown) => void) | undefined;

  constructor(source: AsyncIterable<Uint8Array>, onEnd: (error?: unknown) => void) {
    this.#source = source[Symbol.asyncIterator]();
    this.#onEnd = onEnd;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next piece. */
  async next(): Promise<IteratorResult<Uint8Array>> {
    try {
      const step = await this.#source.next();
      if (step.done === true) this.#end();
      return step;
    } catch (error) {
      this.#end(error);
      throw error;
    }
  }

  /** Lets go of it. Does not wait for a step that is under way before it tells. */
  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#end();
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  #end(error?: unknown): void {
    const onEnd = this.#onEnd;
    this.#onEnd = undefined;
    onEnd?.(error);
  }
}
