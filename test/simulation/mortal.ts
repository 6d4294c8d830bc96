/** Says when a simulated process dies: after so many more calls into what outlives it. */
export class Mortality {
  #callsLeft = Number.POSITIVE_INFINITY;
  #alive = true;

  get alive(): boolean {
    return this.#alive;
  }

  /** The process dies at the call after the next `calls`. */
  dieAfter(calls: number): void {
    this.#callsLeft = Math.min(this.#callsLeft, calls);
  }

  /** The process is gone now. */
  die(): void {
    this.#alive = false;
  }

  /** Whether the call still happens; the last one takes effect, and nobody hears of it. */
  spend(): boolean {
    if (!this.#alive) return false;
    this.#callsLeft--;
    if (this.#callsLeft < 0) this.#alive = false;
    return true;
  }
}

/** What happens around calls, because others act at the same time. */
export interface Around {
  /** What it throws, the call rejects with. */
  before?(method: PropertyKey, args: readonly unknown[]): void;
  after?(method: PropertyKey, args: readonly unknown[], result: unknown): void;
}

const never = new Promise<never>(() => {});

/**
 * The same object as a process sees it that may die: once it has, calls neither happen nor return. The call during which it dies takes
 * effect and does not return.
 *
 */
export function mortal<T extends object>(target: T, mortality: Mortality, around: Around = {}): T {
  return new Proxy(target, {
    get(object, property) {
      const member: unknown = Reflect.get(object, property, object);
      if (typeof member !== "function") return member;
      return async (...args: unknown[]) => {
        if (!mortality.spend()) return never;
        around.before?.(property, args);
        const value: unknown = await Reflect.apply(member, object, args);
        around.after?.(property, args, value);
        return mortality.alive ? value : never;
      };
    },
  });
}
