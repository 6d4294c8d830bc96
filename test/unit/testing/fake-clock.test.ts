import { expect, test } from "vitest";
import { FakeClock } from "../../../src/testing/fake-clock.js";

test("stands still until it is told to go on", async () => {
  const clock = new FakeClock({ nowMs: 5_000, monotonicMs: 100 });
  await clock.settle();
  expect([clock.now(), clock.monotonicNow()]).toEqual([5_000, 100]);
  await clock.advance(1_234);
  expect([clock.now(), clock.monotonicNow()]).toEqual([6_234, 1_334]);
});

test("fires timers in their order, each at its own time, equal ones as they were set", async () => {
  const clock = new FakeClock();
  const fired: [string, number][] = [];
  const set = (name: string, delayMs: number): void => {
    clock.setTimer(() => fired.push([name, clock.monotonicNow()]), delayMs);
  };
  set("late", 300);
  set("early", 100);
  set("late too", 300);
  set("never", 301);
  set("now", 0);
  await clock.advance(300);
  expect(fired).toEqual([
    ["now", 0],
    ["early", 100],
    ["late", 300],
    ["late too", 300],
  ]);
  expect(clock.pendingTimers).toBe(1);
});

test("runs promises and setImmediate callbacks between two times", async () => {
  const clock = new FakeClock();
  const fired: number[] = [];
  const again = async (): Promise<void> => {
    fired.push(clock.monotonicNow());
    await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    if (fired.length < 5) clock.setTimer(again, 10);
  };
  clock.setTimer(again, 10);
  await clock.advance(1_000);
  expect(fired).toEqual([10, 20, 30, 40, 50]);
  expect(clock.pendingTimers).toBe(0);
});

test("does not fire a timer that was cleared, also by another timer of the same time", async () => {
  const clock = new FakeClock();
  const fired: string[] = [];
  const cleared = clock.setTimer(() => fired.push("cleared"), 10);
  clock.clearTimer(cleared);
  clock.clearTimer(cleared);
  clock.setTimer(() => clock.clearTimer(second), 20);
  const second = clock.setTimer(() => fired.push("second"), 20);
  const done = clock.setTimer(() => fired.push("done"), 30);
  await clock.advance(100);
  clock.clearTimer(done);
  expect(fired).toEqual(["done"]);
  expect(clock.pendingTimers).toBe(0);
});

test("jumps with the wall clock alone", async () => {
  const clock = new FakeClock({ nowMs: 0 });
  let fired = false;
  clock.setTimer(() => {
    fired = true;
  }, 1_000);
  clock.jump(3_600_000);
  clock.jump(-7_200_000);
  await clock.advance(999);
  expect(fired).toBe(false);
  expect([clock.now(), clock.monotonicNow()]).toEqual([-3_600_000 + 999, 999]);
});

test("hands a timer's error to whoever lets the time pass", async () => {
  const clock = new FakeClock();
  clock.setTimer(() => {
    throw new Error("from a timer");
  }, 10);
  await expect(clock.advance(100)).rejects.toThrow("from a timer");
});
