import { boundedCall } from "../bounded-call.js";
import type { Clock } from "../clock.js";
import { DirectPushError } from "../errors.js";

/** What a stream of an integrator is held to. */
export interface StreamBounds {
  /** How many bytes it is to yield. What it has beyond them is left; the stream that ends before them fails. */
  readonly byteLength: number;
  /** Longest wait for one piece, in milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** The stream in words, for the message. */
  readonly what: string;
}

/**
 * An integrator's stream, each step of which ends in time. Nothing of it is touched before the first step; its iterator is always returned, and never waited for.
 *
 * @throws DirectPushError from a step: `ERR_CALL_FAILED` when the stream threw or ended too early, `ERR_CALL_TIMEOUT` when it was silent for too long.
 */
export async function* boundedStream(
  source: AsyncIterable<Uint8Array>,
  { byteLength, timeoutMs, clock, what }: StreamBounds,
): AsyncGenerator<Uint8Array> {
  if (byteLength === 0) return;
  const iterator = source[Symbol.asyncIterator]();
  let left = byteLength;
  try {
    while (left > 0) {
      const step = await boundedCall(async () => iterator.next(), timeoutMs, what, clock);
      if (step.done === true) {
        throw new DirectPushError("ERR_CALL_FAILED", `${what} ended ${left} bytes too early`);
      }
      const { value } = step;
      left -= value.length;
      yield left < 0 ? value.subarray(0, left) : value;
    }
  } finally {
    void close(iterator);
  }
}

async function close(iterator: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // It is over anyway.
  }
}
