import { boundedCall } from "../bounded-call.js";
import type { Clock } from "../clock.js";

/** How calls into an integrator's part are bounded. */
export interface CallBounds {
  readonly callTimeoutMs: number;
  readonly clock: Clock;
}

/**
 * The same part, every asynchronous method of it bounded in time: each becomes a promise that settles within `callTimeoutMs`, rejecting with
 * a DirectPushError where the part throws, rejects or stays silent. Abilities that the part does not have stay undefined.
 *
 * @param part an object whose methods all return promises.
 * @param name the part in words, for error messages.
 */
export function boundedPart<Part extends object>(part: Part, name: string, bounds: CallBounds): Part {
  const methods = new Map<PropertyKey, unknown>();
  // Not a proxy of the part itself: a frozen one may not be shown with other methods than its own.
  return new Proxy({} as Part, {
    has: (_, key) => Reflect.has(part, key),
    get(_, key) {
      const member: unknown = Reflect.get(part, key, part);
      if (typeof member !== "function") return member;
      const known = methods.get(key);
      if (known !== undefined) return known;
      const what = `${name}.${String(key)}`;
      const bounded = (...args: unknown[]): Promise<unknown> =>
        boundedCall(async () => Reflect.apply(member, part, args), bounds.callTimeoutMs, what, bounds.clock);
      methods.set(key, bounded);
      return bounded;
    },
  });
}
