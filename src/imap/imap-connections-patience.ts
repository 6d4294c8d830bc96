import type { Clock } from "../clock.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";

/** A wait that is under way. */
export interface Wait {
  /** How long it may take, in milliseconds; 0 when there is no patience left. */
  readonly leftMs: number;
  /** To be called once, when it is over. */
  over(): void;
}

/** What a request has left. */
interface Budget {
  leftMs: number;
  /** Since when it is so, or is used up, or comes back. */
  sinceMs: number;
  waiting: number;
}

/**
 * How long each request waits for connections: one that asks for several, one after the other, is not to wait the longest time for each. A request is known
 * by its `MailboxRef`. While it does not wait its patience comes back as time goes by: one that is held for an hour may wait again when it is woken.
 */
export class Patience {
  readonly #clock: Clock;
  readonly #mostMs: number;
  readonly #budgets = new WeakMap<MailboxRef, Budget>();

  /** @param mostMs the longest wait of a request, in milliseconds. */
  constructor(clock: Clock, mostMs: number) {
    this.#clock = clock;
    this.#mostMs = mostMs;
  }

  /** Begins a wait of the request. */
  begin(request: MailboxRef): Wait {
    const budget = this.#present(request);
    budget.waiting += 1;
    return {
      leftMs: budget.leftMs,
      over: () => {
        this.#present(request).waiting -= 1;
      },
    };
  }

  #present(request: MailboxRef): Budget {
    const nowMs = this.#clock.monotonicNow();
    const budget = this.#budgets.get(request) ?? { leftMs: this.#mostMs, sinceMs: nowMs, waiting: 0 };
    this.#budgets.set(request, budget);
    const passedMs = nowMs - budget.sinceMs;
    budget.leftMs =
      budget.waiting > 0
        ? Math.max(0, budget.leftMs - passedMs)
        : Math.min(this.#mostMs, budget.leftMs + passedMs);
    budget.sinceMs = nowMs;
    return budget;
  }
}
