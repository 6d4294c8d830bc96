import type { Clock } from "../../../src/clock.js";
import type {
  HeartbeatDecision,
  HeartbeatNegotiator,
  HeartbeatObservation,
} from "../../../src/push/heartbeat-negotiator.js";
import { Random } from "../../simulation/random.js";
import { mailTimes } from "../device-week.js";
import type { ConnectionFate } from "../network-model.js";
import type { MappedNetwork } from "../networks.js";
import type { PhoneModel, PhoneOutcome } from "./phones.js";

/** What else a phone does, as means of Poisson processes in seconds; Infinity for never. */
export interface PhoneHabits {
  /** Ends its Ping to sync of its own accord. */
  readonly syncs: number;
  /** Opens a second Ping while one is open. */
  readonly doubles: number;
  /** Sleeps, for `sleepSeconds` in the mean: it then takes no notice of an answer. */
  readonly sleeps: number;
  readonly sleepSeconds: number;
  /** Is without coverage, for `uncoveredSeconds` in the mean. The connection outlives it half of the time; else the phone opens another. */
  readonly uncovered: number;
  readonly uncoveredSeconds: number;
}

const never = Number.POSITIVE_INFINITY;

/** A phone that does nothing but ping. */
export const quiet: PhoneHabits = {
  syncs: never,
  doubles: never,
  sleeps: never,
  sleepSeconds: 0,
  uncovered: never,
  uncoveredSeconds: 0,
};

/** A phone that is carried about and used. */
export const carried: PhoneHabits = {
  syncs: 2 * 3600,
  doubles: 4 * 3600,
  sleeps: 3 * 3600,
  sleepSeconds: 1200,
  uncovered: 4 * 3600,
  uncoveredSeconds: 300,
};

/** A clock that the simulation sets. */
export class SetClock implements Clock {
  seconds = 0;

  now(): number {
    // 2026-11-23T00:00:00Z, a Monday.
    return 1_795_392_000_000 + this.seconds * 1_000;
  }

  monotonicNow(): number {
    return this.seconds * 1_000;
  }

  setTimer(): object {
    throw new Error("The negotiator sets no timers");
  }

  clearTimer(): void {}
}

/** One week of one phone. Equal ones go equally. */
export interface ServerWeek {
  readonly network: MappedNetwork;
  readonly phone: PhoneModel;
  readonly habits: PhoneHabits;
  readonly seed: number;
  readonly seconds: number;
  readonly deviceId?: string;
}

/** What came of it. */
export interface ServerRun {
  /** Held requests of the week. */
  readonly requests: number;
  /** Seconds in which the phone waited on a connection that was dead, while it could have had another. */
  readonly deadSeconds: number;
  /** When each request was to be answered, and what was asked, at which second. */
  readonly answers: readonly { atSeconds: number; askedSeconds: number; answerAfterSeconds: number }[];
}

/** One held request, and how long its path lives. */
interface Hold {
  readonly at: number;
  readonly asked: number;
  /** When the server answers, in seconds from the request, and with what. */
  readonly answered: number;
  readonly kind: "changed" | "expired";
  readonly diesAfter: number;
}

/** What ends one held request for the phone. */
interface PingEnd {
  readonly outcome: PhoneOutcome;
  /** When the phone goes on, in seconds from the request. */
  readonly after: number;
  readonly deadSeconds: number;
  readonly syncs: boolean;
}

/** Runs one phone against a negotiator, whose clock is given. */
export function runServerWeek(week: ServerWeek, negotiator: HeartbeatNegotiator, clock: SetClock): ServerRun {
  return new PhoneRun(week, negotiator, clock).run();
}

class PhoneRun {
  readonly #week: ServerWeek;
  readonly #negotiator: HeartbeatNegotiator;
  readonly #clock: SetClock;
  readonly #random: Random;
  readonly #mails: readonly number[];
  readonly #device: { readonly user: string; readonly deviceId: string };
  #nextMail = 0;
  #sequence = 0;
  /** The hold that the server still has. */
  #held: { readonly sequence: number; readonly since: number } | undefined = undefined;

  constructor(week: ServerWeek, negotiator: HeartbeatNegotiator, clock: SetClock) {
    this.#week = week;
    this.#negotiator = negotiator;
    this.#clock = clock;
    this.#random = new Random(week.seed);
    this.#mails = mailTimes(week.seed, week.seconds, 40);
    this.#device = { user: "alice", deviceId: week.deviceId ?? "phone" };
  }

  run(): ServerRun {
    const { phone, seconds } = this.#week;
    const answers: { atSeconds: number; askedSeconds: number; answerAfterSeconds: number }[] = [];
    let askedSeconds = phone.firstSeconds;
    let at = 1;
    let requests = 0;
    let deadSeconds = 0;
    while (at < seconds) {
      const fate = this.#week.network.connect(at, this.#random);
      const decision = this.#request(at, askedSeconds, fate.address);
      requests += 1;
      if (decision.kind === "refused") {
        askedSeconds = decision.nearestSeconds;
        at += this.#pause();
        continue;
      }
      const { answerAfterSeconds } = decision;
      answers.push({ atSeconds: at, askedSeconds, answerAfterSeconds });
      const end = this.#ping(at, askedSeconds, answerAfterSeconds, fate);
      deadSeconds += end.deadSeconds;
      at += end.after + this.#pause();
      if (end.syncs) at = this.#sync(at);
      askedSeconds = phone.next(askedSeconds, end.outcome);
    }
    return { requests, deadSeconds, answers };
  }

  /** What the server does when the Ping arrives. */
  #request(at: number, askedSeconds: number, network: string): HeartbeatDecision {
    this.#sequence += 1;
    const sequence = this.#sequence;
    this.#seen(at, "Ping", network);
    const decision = this.#negotiator.negotiate(this.#device, askedSeconds, network);
    if (decision.kind === "refused") return decision;
    const { answerAfterSeconds } = decision;
    const device = this.#device;
    const asked = { command: "Ping", askedSeconds, answerAfterSeconds, network };
    this.#observe(at, { kind: "requested", device, sequence, ...asked });
    this.#endHeld(at, "superseded");
    this.#held = { sequence, since: at };
    return decision;
  }

  /** What becomes of the request; the server is told of what it sees of it. */
  #ping(at: number, asked: number, answerAfter: number, fate: ConnectionFate): PingEnd {
    const mailAfter = this.#mailAfter(at);
    const answered = Math.min(answerAfter, mailAfter);
    const kind = mailAfter <= answerAfter ? "changed" : "expired";
    const hold: Hold = {
      at,
      asked,
      answered,
      kind,
      diesAfter: Math.min(fate.lostAfterSeconds, fate.idleLimitSeconds),
    };
    return (
      this.#uncovered(hold) ??
      this.#ownEnd(hold) ??
      (answered <= hold.diesAfter ? this.#delivered(hold, 0) : undefined) ??
      (fate.lostAfterSeconds <= fate.idleLimitSeconds ? this.#connectionLost(hold, fate) : undefined) ??
      this.#pathEnds(hold, fate)
    );
  }

  #pathEnds(hold: Hold, fate: ConnectionFate): PingEnd {
    const { at, answered, diesAfter, kind } = hold;
    if (fate.end !== "silent") {
      this.#endHeld(at + diesAfter, "disconnected");
      return { outcome: "failed", after: diesAfter, deadSeconds: 0, syncs: false };
    }
    const interrupted = this.#ownEndOnDeadPath(hold);
    if (interrupted !== undefined) return interrupted;
    this.#endHeld(at + answered, kind);
    return this.#timeout(hold);
  }

  #timeout({ asked, diesAfter }: Hold): PingEnd {
    const after = asked + this.#week.phone.marginSeconds;
    return { outcome: "failed", after, deadSeconds: after - diesAfter, syncs: false };
  }

  /** The answer arrives, so many seconds after it was sent. */
  #delivered({ at, answered, kind }: Hold, lateSeconds: number): PingEnd {
    const { habits } = this.#week;
    this.#endHeld(at + answered, kind);
    const sleeps = this.#random.exponential(habits.sleeps) < answered;
    const slept = sleeps ? this.#random.exponential(habits.sleepSeconds) : 0;
    const after = answered + lateSeconds + slept;
    return { outcome: kind, after, deadSeconds: 0, syncs: kind === "changed" };
  }

  /** A Sync of its own accord, or a second Ping, before anything else happens on a living path. */
  #ownEnd({ at, answered, diesAfter }: Hold): PingEnd | undefined {
    const { habits } = this.#week;
    const syncs = this.#random.exponential(habits.syncs);
    const doubles = this.#random.exponential(habits.doubles);
    const after = Math.min(syncs, doubles);
    if (after >= Math.min(answered, diesAfter)) return undefined;
    // Half of the phones' closes arrive before the request that follows.
    if (syncs < doubles && this.#random.chance(0.5)) this.#endHeld(at + after, "disconnected");
    return { outcome: "ended-itself", after, deadSeconds: 0, syncs: syncs < doubles };
  }

  /** The same on a dead path: the server hears nothing of it. */
  #ownEndOnDeadPath({ at, asked, answered, diesAfter, kind }: Hold): PingEnd | undefined {
    const { habits, phone } = this.#week;
    const syncs = diesAfter + this.#random.exponential(habits.syncs);
    const doubles = diesAfter + this.#random.exponential(habits.doubles);
    const after = Math.min(syncs, doubles);
    if (after >= asked + phone.marginSeconds) return undefined;
    if (after >= answered) this.#endHeld(at + answered, kind);
    return { outcome: "ended-itself", after, deadSeconds: after - diesAfter, syncs: syncs < doubles };
  }

  /** Without coverage for a while, on a living path. */
  #uncovered(hold: Hold): PingEnd | undefined {
    const { at, answered, diesAfter, kind } = hold;
    const { habits } = this.#week;
    const since = this.#random.exponential(habits.uncovered);
    if (since >= Math.min(answered, diesAfter)) return undefined;
    const back = since + this.#random.exponential(habits.uncoveredSeconds);
    const survives = this.#random.chance(0.5);
    // The server's retransmissions arrive some time after the coverage.
    if (survives && back < diesAfter)
      return answered > back ? undefined : this.#delivered(hold, back - answered + this.#random.next() * 30);
    if (back >= answered) this.#endHeld(at + answered, kind);
    return { outcome: "failed", after: back, deadSeconds: 0, syncs: false };
  }

  /** The network loses the connection by chance, in silence; a phone that goes to another network notices. */
  #connectionLost(hold: Hold, fate: ConnectionFate): PingEnd {
    const { at, answered, diesAfter, kind } = hold;
    const leaves = this.#week.network.networkAt(at + diesAfter) !== fate.network;
    const after = leaves ? diesAfter + 2 : hold.asked + this.#week.phone.marginSeconds;
    if (after >= answered) this.#endHeld(at + answered, kind);
    return { outcome: "failed", after, deadSeconds: leaves ? 0 : after - diesAfter, syncs: false };
  }

  /** The Sync that follows a change, or that the phone does of its own accord. */
  #sync(at: number): number {
    this.#sequence += 1;
    this.#seen(at, "Sync", this.#week.network.connect(at, new Random(0)).address);
    this.#endHeld(at, "superseded");
    while ((this.#mails[this.#nextMail] ?? never) <= at) this.#nextMail += 1;
    return at + this.#pause();
  }

  #seen(at: number, command: string, network: string): void {
    const [device, sequence] = [this.#device, this.#sequence];
    this.#observe(at, { kind: "seen", device, sequence, command, network });
  }

  #endHeld(at: number, outcome: "expired" | "changed" | "disconnected" | "superseded"): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    const [device, sequence, command] = [this.#device, held.sequence, "Ping"];
    this.#observe(at, { kind: "ended", device, sequence, command, outcome, heldSeconds: at - held.since });
  }

  #observe(at: number, observation: HeartbeatObservation): void {
    this.#clock.seconds = at;
    this.#negotiator.observe(observation);
  }

  /** Seconds until the server knows of the next mail that the phone lacks. */
  #mailAfter(at: number): number {
    return Math.max(0.1, (this.#mails[this.#nextMail] ?? never) - at);
  }

  #pause(): number {
    return 0.3 + this.#random.next() * 1.5;
  }
}
