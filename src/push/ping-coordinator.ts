import type { Clock } from "../clock.js";
import { ChangeWatcher } from "./change-watcher.js";
import type { CoordinatorObserver, HeldRequest, SourceCall } from "./coordinator-observer.js";
import { DeadlineWheel } from "./deadline-wheel.js";
import { EndedHold } from "./ended-hold.js";
import { EventLoopTurns } from "./event-loop-turns.js";
import type { HoldOutcome, HoldRequest } from "./hold.js";
import type { HoldPeers } from "./hold-peers.js";
import type { MailboxChangeSource, OnChange } from "./mailbox-change-source.js";
import { PeerClaims } from "./peer-claims.js";
import { RecentSequences } from "./recent-sequences.js";
import { SlicedQueue } from "./sliced-queue.js";
import { SourceWatches } from "./source-watches.js";
import { WaitingHold } from "./waiting-hold.js";

/** Deadlines are rounded down to this, so that many of them share a timer: an interval ends up to a quarter second early. */
const DEADLINE_SLOT_MS = 250;
/** How long an interval is overrun when a change is known but not yet confirmed. Phones give up 5 s after their interval. */
const OVERRUN_MS = 1_000;
/** Pause between two groups of answers at shutdown. */
const CLOSE_STEP_MS = 50;

const COMMANDS = ["Ping", "Sync"] as const;

/** What a {@link PingCoordinator} is made of. */
export interface PingCoordinatorOptions {
  readonly source: MailboxChangeSource;
  readonly clock: Clock;
  /** Longest wait for one call into integrator code, in milliseconds, above 0. */
  readonly callTimeoutMs: number;
  /** How long a known change waits for more of its operation, in milliseconds: 50 by default; 0 is the end of the event loop's turn. */
  readonly gatherMs?: number;
  /** Over how many milliseconds {@link PingCoordinator.close} spreads its answers; 0 answers at once. */
  readonly closeSpreadMs: number;
  /** Most holds that are woken, and most that are answered, in one turn of the event loop: 200 by default. */
  readonly wakeSliceSize?: number;
  readonly observer?: CoordinatorObserver;
  /** The other processes that hold requests of the same devices. Default: there are none. */
  readonly peers?: HoldPeers;
}

type LineEnd = Extract<HoldOutcome, { kind: "disconnected" }>["how"];

/**
 * Holds the long polls of Direct Push: a Ping and a hanging Sync are both one hold ([MS-ASCMD] 3.1.5.8 and 3.1.5.4). It watches
 * the folders, and gives each hold exactly one outcome.
 */
export class PingCoordinator {
  readonly #clock: Clock;
  readonly #closeSpreadMs: number;
  readonly #observer: CoordinatorObserver;
  readonly #watcher: ChangeWatcher;
  readonly #deadlines: DeadlineWheel<WaitingHold>;
  readonly #answers: SlicedQueue<EndedHold>;
  readonly #holds = new Map<string, WaitingHold>();
  readonly #recent = new RecentSequences();
  readonly #peers: HoldPeers | undefined;
  readonly #claims: PeerClaims | undefined;
  #sequence = 0;
  #closed: Promise<void> | undefined;
  /** Whether nothing is held any more. */
  #isOver = false;
  /** Ends the pause of {@link close} when nothing is left to wait for. */
  #hurryUp: () => void = () => {};

  constructor(options: PingCoordinatorOptions) {
    const { source, clock, callTimeoutMs, gatherMs = 50, wakeSliceSize = 200 } = options;
    this.#clock = clock;
    this.#closeSpreadMs = options.closeSpreadMs;
    this.#observer = options.observer ?? {};
    this.#deadlines = new DeadlineWheel(clock, DEADLINE_SLOT_MS, (hold) => this.#intervalOver(hold));
    const turns = new EventLoopTurns(clock);
    this.#answers = new SlicedQueue(turns, wakeSliceSize, (ended) => this.#answer(ended));
    const sourceFailed = (error: unknown, call: SourceCall): void => this.#sourceFailed(error, call);
    this.#watcher = new ChangeWatcher({
      watches: new SourceWatches({ source, clock, callTimeoutMs, sourceFailed }),
      clock,
      turns,
      gatherMs,
      wakeSliceSize,
      end: (hold, outcome) => this.#endWatched(hold, outcome),
      sourceFailed,
    });
    this.#peers = options.peers;
    this.#claims = this.#peers && this.#claimsAmong(this.#peers, callTimeoutMs);
  }

  /** The number of the request that arrives now. Take it before anything else is done for the request. */
  sequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  /** How many requests are held. */
  get heldCount(): number {
    return this.#holds.size;
  }

  /** The requests that are held now; an answer that is only held back is among them, with no folders. */
  held(): HeldRequest[] {
    return [...this.#holds.values()].map((hold) => hold.describe(this.#heldSeconds(hold)));
  }

  /**
   * Holds a request until one of its folders changes, its interval ends, or something else ends it.
   *
   * @param settle called exactly once with the outcome, never from inside this call. What it throws is dropped.
   * @returns to be called when the client is gone: the outcome is then `disconnected`, unless another was decided. May be called
   *   any number of times.
   */
  hold(request: HoldRequest, settle: (outcome: HoldOutcome) => void): (how?: LineEnd) => void {
    const key = holdKey(request.mailbox.user, request.deviceId, request.command);
    const hold = new WaitingHold(request, key, settle);
    if (request.isHeldBack !== true) {
      this.#observe(() => {
        hold.heartbeat = this.#observer.held?.(hold.describe(this.#heldSeconds(hold)));
      });
    }
    if (this.#isOver) this.#end(hold, { kind: "closing" });
    else if (request.sequence < this.#recent.newest(key)) this.#end(hold, { kind: "superseded" });
    else this.#begin(hold, (folder, arrival) => this.#watcher.notified(hold, folder, arrival));
    return (how = "closed") => this.#disconnected(hold, how);
  }

  /**
   * Ends a device's holds because a newer request of the device makes them stale: a Sync that arrives while its Ping waits.
   *
   * @param sequence the newer request's number; holds with this number or a higher one go on. An older hold that is only on its
   *   way ends when it comes.
   * @param command ends holds of this command alone.
   */
  supersede(user: string, deviceId: string, sequence: number, command?: HoldRequest["command"]): void {
    for (const held of command === undefined ? COMMANDS : [command]) {
      const key = holdKey(user, deviceId, held);
      const hold = this.#holds.get(key);
      if (hold !== undefined && hold.request.sequence < sequence) this.#end(hold, { kind: "superseded" });
      this.#recent.note(key, sequence);
      this.#claims?.claim(key, sequence);
    }
  }

  /** Ends a device's holds, here and in other processes, as `recalled`: its next request will be told something by the operator. */
  recall(user: string, deviceId: string): void {
    this.#recallHere(user, deviceId);
    this.#peers?.recall(user, deviceId);
  }

  #recallHere(user: string, deviceId: string): void {
    for (const command of COMMANDS) {
      const hold = this.#holds.get(holdKey(user, deviceId, command));
      if (hold !== undefined) this.#end(hold, { kind: "recalled" });
    }
  }

  /**
   * Answers every hold as `closing`, spread over `closeSpreadMs`; those that still wait go on until their turn. Requests that come to be
   * held meanwhile are answered with the last ones: answered at once, a device that finds no other server would ask again and again.
   *
   * @returns resolves when every hold was answered; what is to be held from then on is answered at once. A second call gets the same
   *   promise.
   */
  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  #begin(hold: WaitingHold, onChange: OnChange): void {
    const { key, request } = hold;
    const older = this.#holds.get(key);
    if (older !== undefined && older.request.sequence > request.sequence) {
      this.#end(hold, { kind: "superseded" });
      return;
    }
    this.#holds.set(key, hold);
    // Now and not at its end: ten thousand may end at once.
    this.#recent.note(key, request.sequence);
    if (older !== undefined) this.#end(older, { kind: "superseded" });
    this.#deadlines.add(hold, request.receivedAtMs + request.heartbeatSeconds * 1_000);
    if (request.isHeldBack !== true) this.#claims?.claimFor(hold);
    if (!hold.hasEnded) void this.#watcher.arm(hold, onChange);
  }

  #intervalOver(hold: WaitingHold): void {
    if (hold.isOverdue || !this.#watcher.hurry(hold)) {
      this.#end(hold, { kind: "expired" });
      return;
    }
    hold.isOverdue = true;
    this.#deadlines.add(hold, this.#clock.monotonicNow() + OVERRUN_MS);
  }

  #disconnected(hold: WaitingHold, how: LineEnd): void {
    if (hold.hasEnded) return;
    this.#end(hold, { kind: "disconnected", afterSeconds: this.#heldSeconds(hold), how });
  }

  #endWatched(hold: WaitingHold, outcome: HoldOutcome): void {
    // What a Sync is answered counts as what the device has: told to a line that it gave up, it would keep the change from its next Ping.
    const isAsked = outcome.kind === "changed" && hold.request.command === "Sync";
    if (isAsked && this.#claims !== undefined) this.#claims.endUnlessOvertaken(hold, outcome);
    else this.#end(hold, outcome);
  }

  #end(hold: WaitingHold, outcome: HoldOutcome): void {
    if (hold.hasEnded) return;
    hold.hasEnded = true;
    if (this.#holds.get(hold.key) === hold) this.#holds.delete(hold.key);
    this.#deadlines.remove(hold);
    this.#watcher.stop(hold);
    this.#answers.push(new EndedHold(hold, outcome, this.#heldSeconds(hold)));
    hold.release();
    if (this.#holds.size === 0) this.#hurryUp();
  }

  #answer(ended: EndedHold): void {
    const { hold } = ended;
    try {
      hold.settle(ended.outcome);
    } catch {
      // The caller's own failure; the other holds still must be answered.
    }
    if (hold.request.isHeldBack === true) return;
    // Taken after the settle function: on the way to it lie the others of a mass wake-up.
    ended.answeredAtMs = this.#clock.monotonicNow();
    this.#observe(() => this.#observer.ended?.(ended));
    hold.heartbeat = undefined;
  }

  async #closeAll(): Promise<void> {
    const holds = [...this.#holds.values()];
    const steps = Math.max(1, Math.min(holds.length, Math.ceil(this.#closeSpreadMs / CLOSE_STEP_MS)));
    for (let step = 0; step < steps; step += 1) {
      if (step > 0) await this.#pauseWhileHolding(this.#closeSpreadMs / steps);
      const first = Math.floor((holds.length * step) / steps);
      const last = Math.floor((holds.length * (step + 1)) / steps);
      for (const hold of holds.slice(first, last)) this.#end(hold, { kind: "closing" });
      if (this.#holds.size === 0) break;
    }
    this.#isOver = true;
    for (const hold of [...this.#holds.values()]) this.#end(hold, { kind: "closing" });
    await this.#answers.drained();
    this.#claims?.close();
    this.#watcher.clear();
  }

  #pauseWhileHolding(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(resolve, delayMs);
      this.#hurryUp = () => {
        this.#clock.clearTimer(timer);
        resolve();
      };
    });
  }

  #heldSeconds(hold: WaitingHold): number {
    return Math.max(0, this.#clock.monotonicNow() - hold.request.receivedAtMs) / 1_000;
  }

  #claimsAmong(peers: HoldPeers, callTimeoutMs: number): PeerClaims {
    return new PeerClaims({
      peers,
      clock: this.#clock,
      callTimeoutMs,
      holds: this.#holds,
      end: (hold, outcome) => this.#end(hold, outcome),
      recall: (user, deviceId) => this.#recallHere(user, deviceId),
      peersFailed: (error) => this.#sourceFailed(error, "claim"),
    });
  }

  #sourceFailed(error: unknown, call: SourceCall): void {
    this.#observe(() => this.#observer.sourceFailed?.(error, call));
  }

  #observe(tell: () => void): void {
    try {
      tell();
    } catch {
      // An observer's failure is its own.
    }
  }
}

function holdKey(user: string, deviceId: string, command: string): string {
  // No user name and no device id contains a NUL, so that no two devices share a key.
  // Joined, because a concatenated string keeps its parts' memory.
  return [user, deviceId, command].join("\0");
}
