/** Says when a simulated process dies: after so many more calls into what outlives it. */
export class Mortality {
  #callsLeft = Number.POSITIVE_INFINITY;
  #alive = true;
  readonly #onDeath: () => void;

  /** @param onDeath called when it dies, in the middle of whatever it does. */
  constructor(onDeath: () => void = () => {}) {
    this.#onDeath = onDeath;
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** The process dies at the call after the next `calls`. */
  dieAfter(calls: number): void {
    this.#callsLeft = Math.min(this.#callsLeft, calls);
  }

  /** The process is gone now. */
  die(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#onDeath();
  }

  /** Whether the call still happens; the last one takes effect, and nobody hears of it. */
  spend(): boolean {
    if (!this.#alive) return false;
    this.#callsLeft--;
    if (this.#callsLeft < 0) this.die();
    return true;
  }
}

/** What happens around calls, because others act at the same time. */
export interface Around {
  /** Asked first, while the process lives that may die in this very call; what it returns is given to `after`. */
  begins?(): unknown;
  /** What it throws, the call rejects with. */
  before?(method: PropertyKey, args: readonly unknown[]): void;
  after?(method: PropertyKey, args: readonly unknown[], result: unknown, begun: unknown): void;
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
        const begun = around.begins?.();
        if (!mortality.spend()) return never;
        around.before?.(property, args);
        const value: unknown = await Reflect.apply(member, object, args);
        around.after?.(property, args, value, begun);
        return mortality.alive ? value : never;
      };
    },
  });
}
