/**
 * `lost`: the other processes cannot be reached; what they tell is lost until `restored`. That one may come without a `lost` before it.
 */
export type LinkState = "lost" | "restored";

/**
 * What processes that serve the same phones tell each other through: Redis (`direct-push/redis`), or whatever an integrator has. One object is one
 * process. Messages may be lost, but never in silence: `restored` follows. Listeners are called synchronously, from outside of any call
 * of this interface, and must not throw.
 *
 * Every promise rejects soon when the others cannot be reached, but for that of `subscribe`.
 */
export interface Relay {
  /** This process, as the others know it: another one for each relay that was ever made. */
  readonly id: string;

  /** Tells all processes that subscribed to the topic, this one included. Topics are at most 512 characters, messages some hundred. */
  publish(topic: string, message: string): Promise<void>;

  /**
   * Hears of a topic. Once it resolves, each later message comes, or `restored` does. It does not reject: when the others cannot be
   * reached it resolves as well, and subscribes when they can.
   *
   * @returns a function that stops; it may be called twice.
   */
  subscribe(topic: string, onMessage: (message: string) => void): Promise<() => void>;

  /**
   * Takes a name for this process: of many claims the last one counts, in the order in which they come together. The process that had it
   * before hears of it (`onOvertaken`), in the same step.
   *
   * @returns the claim: a whole number from 1 to 2^31 - 1, another for each claim of the name. They may start over when what was claimed
   *   is forgotten, but not with numbers of before.
   */
  claim(name: string): Promise<number>;

  /** The last claim of each name, whichever process made it; undefined where there is none, or it was forgotten: after two hours at the earliest. */
  claimed(names: readonly string[]): Promise<readonly (number | undefined)[]>;

  /** Hears that a claim of this process is not the last one any more, because another process claimed the name. Returns how to stop. */
  onOvertaken(listener: (name: string, claim: number) => void): () => void;

  /**
   * Takes a name, unless another process that is alive has it. It stays this process's until `release`, or until the process is gone.
   *
   * @returns the `id` of the process that has it now.
   */
  lease(name: string): Promise<string>;

  /** Lets a name go, if this process has it. */
  release(name: string): Promise<void>;

  /** Hears that a process which had names is gone, so that they are free. Returns how to stop. */
  onGone(listener: (id: string) => void): () => void;

  /** Hears how the way to the other processes is. Returns how to stop. */
  onLink(listener: (link: LinkState) => void): () => void;
}
