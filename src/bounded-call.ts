import pTimeout from "p-timeout";
import { type Clock, systemClock } from "./clock.js";
import { DirectPushError } from "./errors.js";

type GlobalTimers = { setTimeout: typeof setTimeout; clearTimeout: typeof clearTimeout };

const timersOf = new WeakMap<Clock, GlobalTimers>();

function timersFor(clock: Clock): GlobalTimers {
  const known = timersOf.get(clock);
  if (known !== undefined) return known;
  const timers = {
    setTimeout: (callback: () => void, delayMs: number) => clock.setTimer(callback, delayMs),
    clearTimeout: (timer: object | undefined) => timer !== undefined && clock.clearTimer(timer),
    // p-timeout calls the two with exactly these arguments; the global types carry overloads that a clock has no use for.
  } as unknown as GlobalTimers;
  timersOf.set(clock, timers);
  return timers;
}

/**
 * Calls integrator code and waits no longer than `timeoutMs`. Whatever the call does, this promise settles once: a synchronous
 * throw, a rejection and silence all become a {@link DirectPushError}. What the call does after the time is ignored.
 *
 * @param call the call to make; a value that is no promise counts as its answer.
 * @param timeoutMs longest wait in milliseconds, above 0; `Infinity` waits for ever.
 * @param what the call in words, for the message: `"MailboxChangeSource.watch"`.
 * @param clock times the wait; the system's clock by default.
 * @throws {DirectPushError} `ERR_CALL_TIMEOUT` when the time is over, `ERR_CALL_FAILED` (with the cause) when the call threw or
 *   rejected; a DirectPushError of the call itself is passed on as it is.
 */
export async function boundedCall<T>(
  call: () => Promise<T>,
  timeoutMs: number,
  what: string,
  clock: Clock = systemClock,
): Promise<T> {
  try {
    const answer = (async () => call())();
    return await pTimeout(answer, {
      milliseconds: timeoutMs,
      customTimers: timersFor(clock),
      fallback: () => {
        throw new DirectPushError("ERR_CALL_TIMEOUT", `${what} did not answer within ${timeoutMs} ms`);
      },
    });
  } catch (error) {
    if (error instanceof DirectPushError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new DirectPushError("ERR_CALL_FAILED", `${what} failed: ${reason}`, { cause: error });
  }
}
