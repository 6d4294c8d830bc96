import { LEAST_EVIDENCE_SECONDS, type PathEvidence } from "./heartbeat-evidence.js";
import type { PathLimit } from "./heartbeat-limit.js";
import {
  CARRY_AGAINST_DEAR_DOUBT,
  CARRY_AGAINST_DOUBT,
  CUT_MARGIN_SHARE,
  DEAR_LOSS_TIMES,
  DEAR_SEARCH_RATIO_STEP,
  DEAR_SEARCH_SHARES,
  DEAR_SEARCH_STEP,
  DOUBT_ENOUGH,
  FALL_SHARES,
  KNOWLEDGE_LASTS_SECONDS,
  LONG_ASKED_SECONDS,
  NOT_FOUND,
  SEARCH_RATIO_STEP,
  SEARCH_SHARES,
  SEARCH_STEP,
  SETTLED_SECONDS,
  SETTLED_SHARE,
  SURPRISE_ENOUGH,
  SUSPICION_ENOUGH,
} from "./heartbeat-rules.js";
import { LossDoubt } from "./loss-doubt.js";
import { ageTolerance, RepeatedAge } from "./repeated-age.js";
import { RetryPlan } from "./retry-plan.js";

/**
 * Finds the longest interval that one path carries, from evidence that may be wrong. Until a limit is suspected with reason, every interval is
 * held as asked. Then the limit is looked for between the longest carried and the shortest lost interval; once these are near each other the
 * lower one is kept to, and now and then a longer one is tried. Times are given, never read: it is the same every time.
 */
export class HeartbeatPath {
  #carriedSeconds = 0;
  /** 0 while no limit is known. */
  #lostSeconds = 0;
  #isSettled = false;
  #isCut = false;
  readonly #doubt = new LossDoubt();
  /** Steps down without a carried answer in between; the interval that is tried after one. */
  #falls = 0;
  #trialSeconds = 0;
  #cuts: RepeatedAge | undefined = undefined;
  #confirmedAt = 0;
  /** What the device asked for last. */
  #askedSeconds = 0;
  #retry = new RetryPlan();

  /** A path with a limit that is known from elsewhere. */
  static withLimit(limit: PathLimit): HeartbeatPath {
    const path = new HeartbeatPath();
    path.#carriedSeconds = limit.carriedSeconds;
    path.#lostSeconds = limit.lostSeconds;
    path.#isSettled = limit.carriedSeconds > 0;
    path.#isCut = limit.isCut;
    path.#confirmedAt = limit.confirmedAtSeconds;
    path.#retry = RetryPlan.restored(limit.retryAtSeconds, limit.retryGapSeconds);
    return path;
  }

  /** A path of which nothing is known but an interval that it carried, in seconds. */
  static carrying(seconds: number): HeartbeatPath {
    const path = new HeartbeatPath();
    path.#carriedSeconds = seconds;
    return path;
  }

  /** The longest interval that was seen to be carried, in seconds; 0 when none was. */
  get carriedSeconds(): number {
    return this.#carriedSeconds;
  }

  /** Whether nothing is held against the path. */
  get isClear(): boolean {
    return this.#lostSeconds === 0 && this.#doubt.isNone && this.#cuts === undefined;
  }

  /** The limit, once there is one to rely on. */
  limit(nowSeconds: number): PathLimit | undefined {
    if (!this.#isSettled || this.#hasExpired(nowSeconds)) return undefined;
    return {
      carriedSeconds: this.#carriedSeconds,
      lostSeconds: this.#lostSeconds,
      isCut: this.#isCut,
      confirmedAtSeconds: this.#confirmedAt,
      retryAtSeconds: this.#retry.atSeconds,
      retryGapSeconds: this.#retry.gapSeconds,
    };
  }

  /** After how many seconds an interval of `askedSeconds` is best answered: never later than asked. */
  answerAfter(askedSeconds: number, nowSeconds: number): number {
    if (this.#hasExpired(nowSeconds)) this.#forget();
    if (this.#lostSeconds === 0) return askedSeconds;
    return Math.min(askedSeconds, Math.max(LEAST_EVIDENCE_SECONDS, this.#level(askedSeconds, nowSeconds)));
  }

  /** Takes note of what an interval of `askedSeconds` told. */
  note(evidence: PathEvidence, askedSeconds: number, nowSeconds: number): void {
    if (this.#hasExpired(nowSeconds)) this.#forget();
    this.#doubt.age(nowSeconds);
    this.#askedSeconds = askedSeconds;
    const seconds = Math.floor(evidence.seconds + 0.5);
    if (evidence.kind === "carried") this.#carried(seconds, askedSeconds, nowSeconds);
    else if (evidence.kind === "lost") this.#lost(seconds, nowSeconds);
    else this.#cut(seconds, nowSeconds);
  }

  #level(askedSeconds: number, nowSeconds: number): number {
    const [carried, lost] = [this.#carriedSeconds, this.#lostSeconds];
    if (this.#isSettled) return nowSeconds < this.#retry.atSeconds ? carried : this.#retry.level(lost);
    if (this.#trialSeconds > 0) return this.#trialSeconds;
    if (lost === NOT_FOUND) return Math.ceil(carried * 1.5);
    const isLong = askedSeconds >= LONG_ASKED_SECONDS;
    if (carried === 0)
      return Math.floor(lost * stepShare(isLong ? DEAR_SEARCH_SHARES : SEARCH_SHARES, this.#falls));
    const next = between(carried, lost, isLong && isDear(askedSeconds, carried));
    return Math.max(carried + 1, Math.floor(next));
  }

  #carried(seconds: number, askedSeconds: number, nowSeconds: number): void {
    this.#outlived(seconds);
    if (this.#lostSeconds === 0) {
      this.#carriedSeconds = Math.max(this.#carriedSeconds, seconds);
      this.#doubt.refuted(seconds);
      return;
    }
    if (seconds >= this.#carriedSeconds * 0.9) {
      this.#confirmedAt = nowSeconds;
      this.#doubt.carried(isDear(askedSeconds, seconds) ? CARRY_AGAINST_DEAR_DOUBT : CARRY_AGAINST_DOUBT);
    }
    if (this.#retry.refutes(seconds)) {
      this.#forget();
      return;
    }
    if (seconds >= this.#lostSeconds) this.#liesAbove(seconds, nowSeconds);
    if (this.#trialSeconds === 0) this.#falls = 0;
    this.#carriedSeconds = Math.max(this.#carriedSeconds, seconds);
    if (this.#lostSeconds === NOT_FOUND && seconds >= askedSeconds - 1) {
      this.#forget();
      return;
    }
    if (this.#trialSeconds > 0 && seconds >= this.#trialSeconds - 1) this.#endFall(nowSeconds);
    else this.#settleWhenNear(nowSeconds);
  }

  #outlived(seconds: number): void {
    this.#cuts?.outlived(seconds);
    if (this.#cuts?.isEmpty) this.#cuts = undefined;
  }

  #liesAbove(seconds: number, nowSeconds: number): void {
    const former = this.#retry.takenBack(seconds);
    if (former === 0) {
      this.#lookAbove(seconds);
      return;
    }
    this.#lostSeconds = former;
    this.#retry.tried(nowSeconds);
  }

  #lookAbove(seconds: number): void {
    this.#retry.lookingAbove();
    this.#lostSeconds = NOT_FOUND;
    this.#carriedSeconds = seconds;
    this.#isSettled = false;
    this.#isCut = false;
    this.#doubt.clear();
    this.#trialSeconds = 0;
    this.#falls = 0;
  }

  #endFall(nowSeconds: number): void {
    // A first small step down is the way of a limit that varies: going back up at once would lose as much again.
    const wasShort = this.#falls === 1;
    this.#falls = 0;
    this.#trialSeconds = 0;
    if (wasShort) {
      this.#isSettled = true;
      this.#retry.settledBelow(nowSeconds);
    } else this.#settleWhenNear(nowSeconds);
  }

  #lost(seconds: number, nowSeconds: number): void {
    if (this.#lostSeconds === 0) this.#suspect(seconds, nowSeconds);
    else if (this.#trialSeconds > 0 && seconds >= this.#trialSeconds - 1) this.#fall(seconds, nowSeconds);
    else if (seconds <= this.#carriedSeconds) this.#doubtKnown(seconds, nowSeconds);
    else {
      this.#confirmedAt = nowSeconds;
      this.#lostSeconds = Math.min(this.#lostSeconds, seconds);
      if (this.#carriedSeconds === 0) this.#falls += 1;
      if (this.#isSettled && nowSeconds >= this.#retry.atSeconds) this.#retry.tried(nowSeconds);
      else this.#settleWhenNear(nowSeconds);
    }
  }

  #suspect(seconds: number, nowSeconds: number): void {
    const doubt = this.#doubt.lost(seconds, nowSeconds);
    if (doubt < (this.#carriedSeconds < this.#doubt.longestSeconds ? SUSPICION_ENOUGH : SURPRISE_ENOUGH))
      return;
    this.#doubt.clear();
    this.#lostSeconds = this.#doubt.longestSeconds;
    this.#confirmedAt = nowSeconds;
    if (this.#carriedSeconds >= this.#lostSeconds) {
      this.#retry.contradicted(this.#carriedSeconds);
      this.#carriedSeconds = 0;
    }
    this.#settleWhenNear(nowSeconds);
  }

  #doubtKnown(seconds: number, nowSeconds: number): void {
    if (this.#doubt.lost(seconds, nowSeconds) >= DOUBT_ENOUGH)
      this.#fall(this.#doubt.longestSeconds, nowSeconds);
  }

  /** The limit lies below `seconds`, whatever was carried before. */
  #fall(seconds: number, nowSeconds: number): void {
    this.#retry.steppedDown(this.#falls === 0 && this.#isSettled ? this.#lostSeconds : 0);
    this.#trialSeconds = Math.floor(seconds * stepShare(FALL_SHARES, this.#falls));
    this.#falls += 1;
    this.#lostSeconds = seconds;
    this.#carriedSeconds = 0;
    this.#isSettled = false;
    this.#isCut = false;
    this.#doubt.clear();
    this.#confirmedAt = nowSeconds;
  }

  #cut(seconds: number, nowSeconds: number): void {
    const isBelowLimit =
      seconds > this.#carriedSeconds && seconds <= this.#lostSeconds + ageTolerance(seconds);
    if (this.#isSettled && isBelowLimit) {
      this.#confirmedAt = nowSeconds;
      if (nowSeconds >= this.#retry.atSeconds) this.#retry.tried(nowSeconds);
      return;
    }
    this.#cuts ??= new RepeatedAge();
    const age = this.#cuts.note(seconds);
    if (age === undefined) return;
    this.#forget();
    this.#cuts = undefined;
    this.#isCut = true;
    this.#lostSeconds = age;
    this.#carriedSeconds = age - Math.max(2, Math.ceil(age * CUT_MARGIN_SHARE));
    this.#confirmedAt = nowSeconds;
    this.#settle(nowSeconds);
  }

  #settleWhenNear(nowSeconds: number): void {
    if (this.#isSettled || this.#carriedSeconds === 0) return;
    const near = Math.max(SETTLED_SECONDS, this.#lostSeconds * SETTLED_SHARE);
    if (this.#lostSeconds - this.#carriedSeconds <= near) this.#settle(nowSeconds);
  }

  #settle(nowSeconds: number): void {
    this.#isSettled = true;
    // A cut costs no push.
    this.#retry.settled(nowSeconds, !this.#isCut && isDear(this.#askedSeconds, this.#carriedSeconds));
  }

  #hasExpired(nowSeconds: number): boolean {
    return this.#lostSeconds > 0 && nowSeconds - this.#confirmedAt > KNOWLEDGE_LASTS_SECONDS;
  }

  #forget(): void {
    this.#lostSeconds = 0;
    this.#isSettled = false;
    this.#isCut = false;
    this.#doubt.clear();
    this.#trialSeconds = 0;
    this.#falls = 0;
    this.#retry = new RetryPlan();
  }
}

/** Whether a lost answer costs the device more than twice the interval that a path carries. */
function isDear(askedSeconds: number, carriedSeconds: number): boolean {
  return askedSeconds > carriedSeconds * DEAR_LOSS_TIMES;
}

/** The next interval of the search between a carried and a lost one. */
function between(carried: number, lost: number, dear: boolean): number {
  const [step, ratioStep] = dear
    ? [DEAR_SEARCH_STEP, DEAR_SEARCH_RATIO_STEP]
    : [SEARCH_STEP, SEARCH_RATIO_STEP];
  return lost > 2 * carried ? carried * (lost / carried) ** ratioStep : carried + (lost - carried) * step;
}

function stepShare(shares: readonly number[], steps: number): number {
  return shares[Math.min(steps, shares.length - 1)] ?? 1;
}
