import { describe, expect, test } from "vitest";
import { boundedCall } from "../../src/bounded-call.js";
import { DirectPushError } from "../../src/errors.js";
import { FakeClock } from "../../src/testing/fake-clock.js";

const never = (): Promise<string> => new Promise(() => {});

/** What a promise has come to by now. */
function watchPromise(promise: Promise<unknown>): { readonly state: string } {
  const seen = { state: "pending" };
  promise.then(
    (value) => {
      seen.state = `resolved ${value}`;
    },
    (error: unknown) => {
      seen.state = error instanceof DirectPushError ? error.code : `rejected ${error}`;
    },
  );
  return seen;
}

describe("a bounded call", () => {
  test("passes the answer on, and leaves no timer", async () => {
    const clock = new FakeClock();
    await expect(boundedCall(async () => "answer", 1_000, "call", clock)).resolves.toBe("answer");
    await clock.settle();
    expect(clock.pendingTimers).toBe(0);
  });

  test("turns a throw and a rejection into an error with the cause", async () => {
    const cause = new TypeError("bad thing");
    const expected = { code: "ERR_CALL_FAILED", message: "Mailbox.folders failed: bad thing", cause };
    const throws = (): Promise<void> => {
      throw cause;
    };
    await expect(boundedCall(throws, 1_000, "Mailbox.folders")).rejects.toMatchObject(expected);
    const rejects = (): Promise<void> => Promise.reject(cause);
    await expect(boundedCall(rejects, 1_000, "Mailbox.folders")).rejects.toMatchObject(expected);
  });

  test("survives rejections that are no errors", async () => {
    for (const reason of [undefined, null, "text", Object.create(null) as object]) {
      const call = boundedCall(() => Promise.reject(reason), 1_000, "call");
      await expect(call).rejects.toMatchObject({ code: "ERR_CALL_FAILED" });
    }
  });

  test("passes this library's own errors on as they are", async () => {
    const error = new DirectPushError("ERR_MAILBOX_UNAVAILABLE", "down");
    await expect(boundedCall(() => Promise.reject(error), 1_000, "call")).rejects.toBe(error);
  });

  test("gives up on silence, and ignores what comes later", async () => {
    const clock = new FakeClock();
    const silent = watchPromise(boundedCall(never, 1_000, "call", clock));
    const late = watchPromise(
      boundedCall(
        () => new Promise((_, reject) => clock.setTimer(() => reject(new Error("late")), 2_000)),
        1_000,
        "call",
        clock,
      ),
    );
    await clock.advance(989);
    expect([silent.state, late.state]).toEqual(["pending", "pending"]);
    await clock.advance(11);
    expect([silent.state, late.state]).toEqual(["ERR_CALL_TIMEOUT", "ERR_CALL_TIMEOUT"]);
    await clock.advance(5_000);
    expect(clock.pendingTimers).toBe(0);
  });

  test("takes a plain value for its answer", async () => {
    await expect(boundedCall(() => 5 as unknown as Promise<number>, 1_000, "call")).resolves.toBe(5);
  });

  test("refuses a time that is none", async () => {
    for (const timeoutMs of [0, -1, Number.NaN]) {
      await expect(boundedCall(async () => 1, timeoutMs, "call")).rejects.toMatchObject({
        code: "ERR_OPTION_INVALID",
      });
    }
  });
});

describe("calls that begin together", () => {
  test("share one timer, and each has its own outcome", async () => {
    const clock = new FakeClock();
    const calls = [
      boundedCall(never, 1_000, "never", clock),
      boundedCall(
        () => new Promise((resolve) => clock.setTimer(() => resolve("late"), 500)),
        1_000,
        "late",
        clock,
      ),
      boundedCall(() => Promise.reject(new Error("no")), 1_000, "rejects", clock),
      boundedCall(async () => "yes", 1_000, "answers", clock),
    ].map(watchPromise);
    await clock.settle();
    expect(clock.pendingTimers).toBe(2);
    await clock.advance(1_000);
    expect(calls.map(({ state }) => state)).toEqual([
      "ERR_CALL_TIMEOUT",
      "resolved late",
      "ERR_CALL_FAILED",
      "resolved yes",
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  test("do not shorten the time of one that begins later by more than a hundredth", async () => {
    const clock = new FakeClock();
    const first = watchPromise(boundedCall(never, 1_000, "first", clock));
    await clock.advance(11);
    const second = watchPromise(boundedCall(never, 1_000, "second", clock));
    await clock.advance(990);
    expect([first.state, second.state]).toEqual(["ERR_CALL_TIMEOUT", "pending"]);
    await clock.advance(10);
    expect(second.state).toBe("ERR_CALL_TIMEOUT");
    expect(clock.pendingTimers).toBe(0);
  });
});
