import type { DirectPush } from "../../direct-push.js";
import type { DirectPushEventMap } from "../../events.js";
import type { CommandNumbers } from "./command-counts.js";
import { listen } from "./listen.js";
import { type Happening, type NumbersSnapshot, ObservedNumbers } from "./observed-numbers.js";

/** Events of which no more is kept than that they happened. */
const happenings = [
  ["refused", "heartbeatsRefused"],
  ["authenticationRefused", "authenticationRefused"],
  ["deviceRefused", "devicesRefused"],
  ["throttled", "throttled"],
  ["requestFailed", "requestsFailed"],
  ["itemSkipped", "itemsSkipped"],
  ["heartbeatsShort", "heartbeatsShort"],
  ["connectionsCut", "connectionsCut"],
] as const satisfies readonly (readonly [keyof DirectPushEventMap, Happening])[];

/** Counts what one server tells of itself, for metrics and for the operators' page. Its size is fixed, and it sets no timer. */
export class NumbersCollector {
  readonly #numbers: ObservedNumbers;
  readonly #stop: () => void;

  /** @param now milliseconds since the Unix epoch. */
  constructor(events: DirectPush["events"], now: () => number) {
    const numbers = new ObservedNumbers(now);
    this.#numbers = numbers;
    const listeners: Partial<DirectPushEventMap> = {
      request: (event) => numbers.request(event),
      dropped: (event) => numbers.dropped(event),
      held: (hold) => numbers.held(hold),
      ended: (event) => numbers.ended(event),
      syncServed: (event) => numbers.synced(event),
      sourceFailed: (event) => numbers.sourceFailed(event),
      wipe: ({ state }) => {
        if (state === "done") numbers.happened("wipesDone");
      },
    };
    for (const [name, what] of happenings) listeners[name] = () => numbers.happened(what);
    this.#stop = listen(events, listeners);
  }

  /** All commands together. */
  snapshot(): NumbersSnapshot {
    return this.#numbers.snapshot();
  }

  /** Each command that was asked for. Commands that do not exist are `other`; requests whose query could not be read `unread`. */
  commands(): ReadonlyMap<string, CommandNumbers> {
    return this.#numbers.commands();
  }

  /** Stops listening. */
  close(): void {
    this.#stop();
  }
}
