import { describe, expect, test } from "vitest";
import { HeartbeatPath } from "../../../src/push/heartbeat-path.js";

const hour = 3_600;
const start = 1_800_000_000;

/** A device that asks for the same for ever, on a path with a silent limit that may move. */
class Drive {
  readonly path = new HeartbeatPath();
  nowSeconds = start;
  limitSeconds: number;
  readonly answers: number[] = [];
  lost = 0;

  constructor(limitSeconds: number) {
    this.limitSeconds = limitSeconds;
  }

  hold(askedSeconds: number, times = 1): this {
    for (let round = 0; round < times; round += 1) {
      const seconds = this.path.answerAfter(askedSeconds, this.nowSeconds);
      this.answers.push(seconds);
      const isCarried = seconds <= this.limitSeconds;
      this.nowSeconds += isCarried ? seconds : askedSeconds + 5;
      if (!isCarried) this.lost += 1;
      this.path.note({ kind: isCarried ? "carried" : "lost", seconds }, askedSeconds, this.nowSeconds);
    }
    return this;
  }

  get limit() {
    return this.path.limit(this.nowSeconds);
  }
}

describe("a path", () => {
  test("that carries all that is asked for is left alone", () => {
    const drive = new Drive(Number.POSITIVE_INFINITY).hold(3_540, 200);
    expect(new Set(drive.answers)).toEqual(new Set([3_540]));
    expect(drive.limit).toBeUndefined();
    expect(drive.path.isClear).toBe(true);
  });

  test.each([
    [30, 3_540],
    [60, 900],
    [300, 900],
    [780, 900],
    [780, 3_540],
    [1_740, 3_540],
  ])("with a silent limit of %d s is found by a device that asks for %d s", (limitSeconds, asked) => {
    const drive = new Drive(limitSeconds).hold(asked, 30);
    const { carriedSeconds = 0, lostSeconds = 0 } = drive.limit ?? {};
    expect(carriedSeconds).toBeLessThanOrEqual(limitSeconds);
    expect(carriedSeconds).toBeGreaterThanOrEqual(limitSeconds * 0.9);
    expect(lostSeconds).toBeGreaterThan(limitSeconds);
    expect(drive.lost).toBeLessThanOrEqual(12);
    expect(drive.path.answerAfter(asked, drive.nowSeconds)).toBe(carriedSeconds);
  });

  test.each([
    ["three where such an interval was never carried", 0, 3],
    ["three where only shorter ones were", 480, 3],
    ["four where such a one was", 900, 4],
  ])("is blamed for so many lost answers in a row, and not before: %s", (_name, carried, enough) => {
    const path = new HeartbeatPath();
    if (carried > 0) path.note({ kind: "carried", seconds: carried }, 900, start);
    for (let lost = 1; lost <= enough; lost += 1) {
      expect(path.answerAfter(900, start)).toBe(900);
      path.note({ kind: "lost", seconds: 900 }, 900, start);
    }
    expect(path.answerAfter(900, start)).toBeLessThan(900);
  });

  test("is not blamed for two lost answers, nor for three with a carried one in between", () => {
    const path = new HeartbeatPath();
    const lost = () => path.note({ kind: "lost", seconds: 900 }, 900, start);
    const carried = () => path.note({ kind: "carried", seconds: 900 }, 900, start);
    for (const note of [lost, lost, carried, lost, carried, carried, lost, lost]) note();
    expect(path.answerAfter(900, start)).toBe(900);
    lost();
    expect(path.answerAfter(900, start)).toBe(900);
    lost();
    expect(path.answerAfter(900, start)).toBeLessThan(900);
  });

  test("is not blamed for losses at all ages, when longer intervals are carried in between", () => {
    const path = new HeartbeatPath();
    for (let round = 0; round < 20; round += 1) {
      path.note({ kind: "lost", seconds: 600 + 10 * round }, 3_540, start);
      path.note({ kind: "lost", seconds: 3_540 }, 3_540, start);
      // A mail came: shorter than the longest lost interval, longer than the other.
      path.note({ kind: "carried", seconds: 2_000 }, 3_540, start);
      path.note({ kind: "carried", seconds: 3_540 }, 3_540, start);
    }
    expect(path.answerAfter(3_540, start)).toBe(3_540);
    expect(path.isClear).toBe(true);
  });

  test("is blamed for losses all the same when only shorter intervals are carried in between", () => {
    const path = new HeartbeatPath();
    for (const seconds of [3_540, 900, 1_800]) {
      path.note({ kind: "lost", seconds }, 3_540, start);
      path.note({ kind: "carried", seconds: 780 }, 3_540, start);
    }
    expect(path.answerAfter(3_540, start)).toBeLessThan(3_540);
  });

  test("is not blamed for losses that lie days apart", () => {
    const path = new HeartbeatPath();
    for (let day = 0; day < 10; day += 1) {
      path.note({ kind: "lost", seconds: 900 }, 900, start + day * 30 * hour);
    }
    expect(path.answerAfter(900, start + 300 * hour)).toBe(900);
  });

  test("is held for no longer than asked, whatever is known", () => {
    const drive = new Drive(780).hold(3_540, 30);
    expect(drive.path.answerAfter(480, drive.nowSeconds)).toBe(480);
  });

  test("is tried with more again after half a day, then ever more seldom", () => {
    const drive = new Drive(780).hold(900, 20);
    const found = drive.lost;
    drive.hold(900, 700);
    const retries = drive.answers.slice(20).filter((seconds) => seconds > 780).length;
    expect(drive.nowSeconds - start).toBeGreaterThan(6 * 24 * hour);
    expect(drive.lost - found).toBe(retries);
    expect(retries).toBe(3);
    expect(drive.limit?.carriedSeconds).toBeGreaterThan(700);
  });

  test("is tried with more two days later, not half of one, where a failure costs far more than it may gain", () => {
    const drive = new Drive(780).hold(3_540, 30);
    const found = drive.nowSeconds;
    const { retryAtSeconds = 0 } = drive.limit ?? {};
    expect(retryAtSeconds - found).toBeGreaterThan(40 * hour);
    while (drive.nowSeconds < start + 7 * 24 * hour) drive.hold(3_540);
    expect(drive.answers.slice(30).filter((seconds) => seconds > 780).length).toBe(2);
  });

  test("is found with three lost answers more than it took to suspect it, at the most, where each costs an hour", () => {
    for (const limitSeconds of [300, 780, 1_200, 1_500]) {
      const drive = new Drive(limitSeconds).hold(3_540, 60);
      const { carriedSeconds = 0, lostSeconds = 0 } = drive.limit ?? {};
      expect(drive.lost, `${limitSeconds} s`).toBeLessThanOrEqual(3 + 3);
      expect(carriedSeconds, `${limitSeconds} s`).toBeLessThanOrEqual(limitSeconds);
      expect(lostSeconds, `${limitSeconds} s`).toBeGreaterThan(limitSeconds);
    }
  });

  test("is searched for from half of what is asked for, and from a quarter and in smaller steps where each costs an hour", () => {
    expect(new Drive(780).hold(900, 5).answers).toEqual([900, 900, 900, 450, 562]);
    const dear = new Drive(780).hold(3_540, 30);
    expect(dear.answers.slice(0, 7)).toEqual([3_540, 3_540, 3_540, 885, 221, 272, 324]);
    expect(dear.lost).toBe(3 + 2);
  });

  test("whose limit rises is used again in full", () => {
    const drive = new Drive(780).hold(3_540, 30);
    drive.limitSeconds = Number.POSITIVE_INFINITY;
    drive.hold(3_540, 250);
    expect(drive.limit).toBeUndefined();
    expect(drive.answers.at(-1)).toBe(3_540);
  });

  test("whose limit rises a little is found again", () => {
    const drive = new Drive(540).hold(3_540, 30);
    drive.limitSeconds = 1_200;
    drive.hold(3_540, 420);
    expect(drive.limit?.carriedSeconds).toBeGreaterThan(1_080);
    expect(drive.limit?.carriedSeconds).toBeLessThanOrEqual(1_200);
  });

  test("whose limit sinks is followed down", () => {
    const drive = new Drive(1_740).hold(3_540, 30);
    const before = drive.lost;
    drive.limitSeconds = 540;
    drive.hold(3_540, 30);
    expect(drive.limit?.carriedSeconds).toBeGreaterThan(480);
    expect(drive.limit?.carriedSeconds).toBeLessThanOrEqual(540);
    expect(drive.lost - before).toBeLessThanOrEqual(10);
  });

  test("that lost by chance what it had carried before is tried in full again within hours", () => {
    const drive = new Drive(Number.POSITIVE_INFINITY).hold(900, 10);
    drive.limitSeconds = 0;
    drive.hold(900, 4);
    drive.limitSeconds = Number.POSITIVE_INFINITY;
    drive.hold(900, 20);
    expect(drive.limit).toBeUndefined();
    expect(drive.answers.at(-1)).toBe(900);
  });

  test("that lost two answers by chance is a little shorter for some hours, and then as it was", () => {
    const drive = new Drive(780).hold(900, 20);
    const before = drive.limit?.carriedSeconds;
    drive.limitSeconds = 0;
    drive.hold(900, 2);
    drive.limitSeconds = 780;
    drive.hold(900, 1);
    expect(drive.limit?.carriedSeconds).toBeLessThan(before ?? 0);
    drive.hold(900, 40);
    expect(drive.limit?.carriedSeconds).toBe(before);
  });

  test("is forgotten when nothing confirms its limit for a week", () => {
    const drive = new Drive(780).hold(900, 20);
    const aWeekLater = drive.nowSeconds + 8 * 24 * hour;
    expect(drive.path.limit(aWeekLater)).toBeUndefined();
    expect(drive.path.answerAfter(900, aWeekLater)).toBe(900);
  });
});

describe("a path that cuts connections", () => {
  const cut = (path: HeartbeatPath, seconds: number, now = start) =>
    path.note({ kind: "cut", seconds }, 900, now);

  test("at one age three times is answered before it", () => {
    const path = new HeartbeatPath();
    for (const seconds of [60.2, 60.1, 60.4]) cut(path, seconds);
    expect(path.limit(start)).toMatchObject({ carriedSeconds: 57, lostSeconds: 60, isCut: true });
    expect(path.answerAfter(900, start)).toBe(57);
  });

  test("at any age is a device that ends its requests itself", () => {
    const path = new HeartbeatPath();
    for (const seconds of [31, 250, 777, 120, 404, 33, 610, 88]) cut(path, seconds);
    expect(path.limit(start)).toBeUndefined();
  });

  test("has no limit where longer intervals are carried in between", () => {
    const path = new HeartbeatPath();
    for (let round = 0; round < 10; round += 1) {
      cut(path, 300);
      path.note({ kind: "carried", seconds: 900 }, 900, start);
    }
    expect(path.answerAfter(900, start)).toBe(900);
    expect(path.isClear).toBe(true);
  });
});
