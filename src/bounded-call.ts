import pTimeout from "p-timeout";
import { type Clock, systemClock } from "./clock.js";
import { DirectPushError } from "./errors.js";

/**
 * Calls integrator code and waits no longer than `timeoutMs`. Whatever the call does, this promise settles once: a synchronous
 * throw, a rejection and silence all become a {@link DirectPushError}. What the call does after the time is ignored.
 *
 * Calls that begin within a hundredth of the time share one timer, so that the bound may come that much early.
 *
 * @param call the call to make; a value that is no promise counts as its answer.
 * @param timeoutMs longest wait in milliseconds, above 0; `Infinity` waits for ever.
 * @param what the call in words, for the message: `"MailboxChangeSource.watch"`.
 * @param clock times the wait; the system's clock by default.
 * @throws {DirectPushError} `ERR_CALL_TIMEOUT` when the time is over, `ERR_CALL_FAILED` (with the cause) when the call threw or
 *   rejected, `ERR_OPTION_INVALID` when `timeoutMs` is not above 0; a DirectPushError of the call itself is passed on as it is.
 */
export function boundedCall<T>(
  call: () => Promise<T>,
  timeoutMs: number,
  what: string,
  clock: Clock = systemClock,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const bound = boundOf(clock, timeoutMs);
    const giveUp = (): void => {
      reject(new DirectPushError("ERR_CALL_TIMEOUT", `${what} did not answer within ${timeoutMs} ms`));
    };
    const failed = (error: unknown): void => {
      bound.answered(giveUp);
      reject(toCallError(error, what));
    };
    bound.begin(giveUp);
    try {
      Promise.resolve(call()).then((answer) => {
        bound.answered(giveUp);
        resolve(answer);
      }, failed);
    } catch (error) {
      failed(error);
    }
  });
}

function toCallError(error: unknown, what: string): DirectPushError {
  if (error instanceof DirectPushError) return error;
  // Not String(error): anything can be thrown, and some of it throws again when it is turned into text.
  const reason = error instanceof Error ? error.message : typeof error === "string" ? error : typeof error;
  return new DirectPushError("ERR_CALL_FAILED", `${what} failed: ${reason}`, { cause: error });
}

/**
 * One p-timeout over the calls that began together. It builds its error before it waits, which costs some 15 us and 2 kB: too much
 * for each of ten thousand pings that are woken at once, and for a call that is answered from memory. So it begins to wait only at the end of the
 * event loop's turn, for calls that are not answered by then.
 */
class SharedBound {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #beganMs: number;
  /** Every call has answered, or the time is over: no call can join any more. */
  #isOver = false;
  #isWaiting = false;
  readonly #pending = new Set<() => void>();
  #allAnswered: () => void = () => {};

  constructor(clock: Clock, timeoutMs: number) {
    // p-timeout would reject a promise that nobody listens to.
    if (!(timeoutMs > 0)) {
      throw new DirectPushError(
        "ERR_OPTION_INVALID",
        `A call's longest wait must be above 0 ms: ${timeoutMs}`,
      );
    }
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#beganMs = clock.monotonicNow();
    setImmediate(() => this.#wait());
  }

  /** Whether a call that begins now may share this bound. */
  get isJoinable(): boolean {
    if (this.#isOver) return false;
    // Nearly no time has passed within the turn.
    return !this.#isWaiting || this.#clock.monotonicNow() - this.#beganMs <= this.#timeoutMs / 100;
  }

  begin(giveUp: () => void): void {
    this.#pending.add(giveUp);
  }

  answered(giveUp: () => void): void {
    this.#pending.delete(giveUp);
    if (this.#pending.size > 0 || !this.#isWaiting) return;
    this.#isOver = true;
    this.#allAnswered();
  }

  #wait(): void {
    this.#isWaiting = true;
    if (this.#pending.size === 0) {
      this.#isOver = true;
      return;
    }
    const leftMs = this.#timeoutMs - (this.#clock.monotonicNow() - this.#beganMs);
    if (leftMs <= 0) {
      this.#giveUp();
      return;
    }
    const answers = new Promise<void>((resolve) => {
      this.#allAnswered = resolve;
    });
    void pTimeout(answers, {
      milliseconds: leftMs,
      customTimers: timersFor(this.#clock),
      fallback: () => this.#giveUp(),
    });
  }

  #giveUp(): void {
    this.#isOver = true;
    for (const giveUp of this.#pending) giveUp();
    this.#pending.clear();
  }
}

const presentBounds = new WeakMap<Clock, Map<number, SharedBound>>();

function boundOf(clock: Clock, timeoutMs: number): SharedBound {
  let bounds = presentBounds.get(clock);
  if (bounds === undefined) {
    bounds = new Map();
    presentBounds.set(clock, bounds);
  }
  const present = bounds.get(timeoutMs);
  if (present?.isJoinable === true) return present;
  const bound = new SharedBound(clock, timeoutMs);
  bounds.set(timeoutMs, bound);
  return bound;
}

type GlobalTimers = { setTimeout: typeof setTimeout; clearTimeout: typeof clearTimeout };

function timersFor(clock: Clock): GlobalTimers {
  const timers = {
    setTimeout: (callback: () => void, delayMs: number) => clock.setTimer(callback, delayMs),
    clearTimeout: (timer: object | undefined) => timer !== undefined && clock.clearTimer(timer),
  };
  // p-timeout calls the two with exactly these arguments; the global types carry overloads that a clock has no use for.
  return timers as unknown as GlobalTimers;
}
