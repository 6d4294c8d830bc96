import type { HoldOutcome } from "./hold.js";

/** How many intervals of a device are remembered. */
export const HISTORY_LENGTH = 20;

/**
 * One interval that was held for a device, as far as it is known. That an answer was written proves nothing: behind a NAT that has
 * forgotten the connection it is lost without an error. Only `nextAfterSeconds` shows that the device got it.
 */
export interface HeartbeatInterval {
  /** When the request arrived, in seconds since the Unix epoch. */
  readonly requestedAtSeconds: number;
  /** What the device asked for, in seconds. */
  readonly askedSeconds: number;
  /** After how many seconds it was to be answered. */
  readonly answerAfterSeconds: number;
  /** The network that the request came from, where the server tells networks apart. */
  readonly network?: string;
  /** How the hold ended; absent while it is held, and when the process ended first. */
  readonly endedAs?: HoldOutcome["kind"];
  /** Seconds from the request to its end; there when `endedAs` is. */
  readonly heldSeconds?: number;
  /** Seconds from the end to the device's next request; absent while none has come. Never there for `superseded`. */
  readonly nextAfterSeconds?: number;
  /** The network of that next request, where known: another one says little about the first. */
  readonly nextNetwork?: string;
}

/** What is known of a device's heartbeats: plain data, to be stored and given back as JSON. */
export interface HeartbeatHistory {
  /** Oldest first, {@link HISTORY_LENGTH} at most. */
  readonly intervals: readonly HeartbeatInterval[];
}

/** An interval while it is written. One for each held ping of a server: numbers are kept small, and nothing is allocated early. */
class IntervalRecord {
  /** -1 for one that another process has held. */
  readonly sequence: number;
  readonly requestedAtSeconds: number;
  readonly askedSeconds: number;
  readonly answerAfterSeconds: number;
  readonly network: string | undefined;
  endedAs: HoldOutcome["kind"] | undefined = undefined;
  heldSeconds: number | undefined = undefined;
  /** On the monotonic clock; undefined when no next request is waited for. */
  endedAtMs: number | undefined = undefined;
  nextAfterSeconds: number | undefined = undefined;
  nextNetwork: string | undefined = undefined;

  constructor(sequence: number, interval: HeartbeatInterval) {
    this.sequence = sequence;
    this.requestedAtSeconds = interval.requestedAtSeconds;
    this.askedSeconds = interval.askedSeconds;
    this.answerAfterSeconds = interval.answerAfterSeconds;
    this.network = interval.network;
  }

  static restored(interval: HeartbeatInterval): IntervalRecord {
    const record = new IntervalRecord(-1, interval);
    record.endedAs = interval.endedAs;
    record.heldSeconds = interval.heldSeconds;
    record.nextAfterSeconds = interval.nextAfterSeconds;
    record.nextNetwork = interval.nextNetwork;
    return record;
  }

  toPlain(): HeartbeatInterval {
    const { requestedAtSeconds, askedSeconds, answerAfterSeconds } = this;
    return {
      requestedAtSeconds,
      askedSeconds,
      answerAfterSeconds,
      ...(this.network !== undefined && { network: this.network }),
      ...(this.endedAs !== undefined && { endedAs: this.endedAs }),
      ...(this.heldSeconds !== undefined && { heldSeconds: this.heldSeconds }),
      ...(this.nextAfterSeconds !== undefined && { nextAfterSeconds: this.nextAfterSeconds }),
      ...(this.nextNetwork !== undefined && { nextNetwork: this.nextNetwork }),
    };
  }
}

/** Writes one device's history from what is observed of it. Times are given, never read: it is the same every time. */
export class HeartbeatRecorder {
  #records: readonly IntervalRecord[] = [];

  /** Continues a history that was stored. */
  static restored(history: HeartbeatHistory): HeartbeatRecorder {
    const recorder = new HeartbeatRecorder();
    recorder.#records = history.intervals.slice(-HISTORY_LENGTH).map(IntervalRecord.restored);
    return recorder;
  }

  /** A request is held from now on. */
  requested(sequence: number, interval: HeartbeatInterval): void {
    // By concat, which leaves no spare places; push and spread leave sixteen, and most devices hold a single interval.
    this.#records = this.#records.slice(1 - HISTORY_LENGTH).concat(new IntervalRecord(sequence, interval));
  }

  /** The hold of the request with this number has ended. One that is not remembered is ignored. */
  ended(sequence: number, endedAs: HoldOutcome["kind"], heldSeconds: number, monotonicMs: number): void {
    const record = this.#records.findLast((candidate) => candidate.sequence === sequence);
    if (record === undefined || record.endedAs !== undefined) return;
    record.endedAs = endedAs;
    record.heldSeconds = heldSeconds;
    // What superseded it arrived before its end: the request after that tells nothing of this one's answer.
    if (endedAs !== "superseded") record.endedAtMs = monotonicMs;
  }

  /** A request of the device has arrived: the proof, if it is newer, for each answer that was given before. */
  seen(sequence: number, network: string | undefined, monotonicMs: number): void {
    for (const record of this.#records) {
      if (record.endedAtMs === undefined || record.sequence >= sequence) continue;
      record.nextAfterSeconds = Math.max(0, monotonicMs - record.endedAtMs) / 1_000;
      record.nextNetwork = network;
      record.endedAtMs = undefined;
    }
  }

  /** The history so far. */
  history(): HeartbeatHistory {
    return { intervals: this.#records.map((record) => record.toPlain()) };
  }
}
