/** One operation after the other: a device that syncs a folder twice at once would use one SyncKey twice. */
export class OperationQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  /** Called when an operation has to wait: whoever is only waiting for the server can give way. */
  onContention: (() => void) | undefined;

  /** Whether an operation waits for the present one to end. */
  get isContended(): boolean {
    return this.#waiting > 1;
  }

  /** Runs an operation once all earlier ones have ended, well or not. */
  run<Result>(operation: () => Promise<Result>): Promise<Result> {
    this.#waiting += 1;
    if (this.isContended) this.onContention?.();
    const result = this.#last.then(operation).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}
