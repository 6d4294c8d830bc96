import { type Clock, systemClock } from "../clock.js";
import { DirectPushError } from "../errors.js";
import { type HeartbeatHistory, HeartbeatRecorder } from "./heartbeat-history.js";
import type { HoldOutcome } from "./hold.js";

/** Whose heartbeat it is. */
export interface HeartbeatDevice {
  readonly user: string;
  readonly deviceId: string;
}

/** What becomes of an interval that a device asks for. */
export type HeartbeatDecision =
  /** Held. The device is answered after `answerAfterSeconds`, which never exceeds the `heartbeatSeconds` it asked for. */
  | { readonly kind: "accepted"; readonly heartbeatSeconds: number; readonly answerAfterSeconds: number }
  /** Out of bounds: Ping Status 5, Sync Status 14, with the nearest interval that would be accepted ([MS-ASCMD] 2.2.3.88.1). */
  | { readonly kind: "refused"; readonly nearestSeconds: number };

/** Something that the server saw of a device. Tell it when it happens: the negotiator notes the time itself. */
export type HeartbeatObservation =
  /** A request of the device arrived, of any command. The only proof that the device got the answer before. */
  | {
      readonly kind: "seen";
      readonly device: HeartbeatDevice;
      readonly sequence: number;
      readonly network?: string;
    }
  /** A request is held from now on. Counts as seen as well. */
  | {
      readonly kind: "requested";
      readonly device: HeartbeatDevice;
      readonly sequence: number;
      readonly askedSeconds: number;
      readonly answerAfterSeconds: number;
      readonly network?: string;
    }
  /** The hold of the request with this number has ended. */
  | {
      readonly kind: "ended";
      readonly device: HeartbeatDevice;
      readonly sequence: number;
      readonly outcome: HoldOutcome["kind"];
      readonly heldSeconds: number;
    };

/** Decides how long the requests of each device are held, and remembers how that went. */
export interface HeartbeatNegotiator {
  /**
   * @param askedSeconds what the device asks for; anything that is no number within the bounds is refused.
   * @param network where the request comes from, in the server's terms (an address prefix, say): equal strings are one network.
   */
  negotiate(device: HeartbeatDevice, askedSeconds: number, network?: string): HeartbeatDecision;
  /** Takes note of what the server saw. Never throws. */
  observe(observation: HeartbeatObservation): void;
  /** What is remembered of a device; empty when nothing is. */
  history(device: HeartbeatDevice): HeartbeatHistory;
  /** Gives back a history that was stored, in place of what is remembered of the device. */
  restore(device: HeartbeatDevice, history: HeartbeatHistory): void;
}

/** What a {@link BoundedHeartbeatNegotiator} accepts and remembers. */
export interface HeartbeatNegotiatorOptions {
  /** Shortest interval that is accepted, in whole seconds from 1 to 3540: 60 by default. */
  readonly minSeconds?: number;
  /** Longest interval that is accepted, in whole seconds from `minSeconds` to 3540: 3540 by default. */
  readonly maxSeconds?: number;
  /** Of how many devices the history is remembered; those seen last stay: 20,000 by default, 1 or more. */
  readonly maxDevices?: number;
  /** Times the history; the system's clock by default. */
  readonly clock?: Clock;
}

/** The longest interval of the protocol, in seconds ([MS-ASCMD] 2.2.1.13, product note on Ping). */
const PROTOCOL_MAX_SECONDS = 3540;

/** Accepts every interval within its bounds and holds it for as long as the device asked. */
export class BoundedHeartbeatNegotiator implements HeartbeatNegotiator {
  /** Shortest interval that is accepted, in seconds. */
  readonly minSeconds: number;
  /** Longest interval that is accepted, in seconds. */
  readonly maxSeconds: number;
  readonly #maxDevices: number;
  readonly #clock: Clock;
  /** In the order the devices were seen last, the longest ago first. */
  readonly #recorders = new Map<string, HeartbeatRecorder>();

  /** @throws {DirectPushError} `ERR_OPTION_INVALID` when a bound is no whole number in its range or the lower exceeds the upper. */
  constructor(options: HeartbeatNegotiatorOptions = {}) {
    const { minSeconds = 60, maxSeconds = PROTOCOL_MAX_SECONDS, maxDevices = 20_000 } = options;
    checkWholeNumber("minSeconds", minSeconds, PROTOCOL_MAX_SECONDS);
    checkWholeNumber("maxSeconds", maxSeconds, PROTOCOL_MAX_SECONDS);
    checkWholeNumber("maxDevices", maxDevices, Number.MAX_SAFE_INTEGER);
    if (minSeconds > maxSeconds) {
      throw new DirectPushError(
        "ERR_OPTION_INVALID",
        `minSeconds must not exceed maxSeconds: ${minSeconds} > ${maxSeconds}`,
      );
    }
    this.minSeconds = minSeconds;
    this.maxSeconds = maxSeconds;
    this.#maxDevices = maxDevices;
    this.#clock = options.clock ?? systemClock;
  }

  negotiate(_device: HeartbeatDevice, askedSeconds: number, _network?: string): HeartbeatDecision {
    if (askedSeconds > this.maxSeconds) return { kind: "refused", nearestSeconds: this.maxSeconds };
    if (!(askedSeconds >= this.minSeconds)) return { kind: "refused", nearestSeconds: this.minSeconds };
    return { kind: "accepted", heartbeatSeconds: askedSeconds, answerAfterSeconds: askedSeconds };
  }

  observe(observation: HeartbeatObservation): void {
    const key = keyOf(observation.device);
    const known = this.#recorders.get(key);
    // What a device does that never had a request held is of no use.
    if (known === undefined && observation.kind !== "requested") return;
    const monotonicMs = this.#clock.monotonicNow();
    if (observation.kind === "ended") {
      known?.ended(observation.sequence, observation.outcome, observation.heldSeconds, monotonicMs);
      return;
    }
    const recorder = known ?? new HeartbeatRecorder();
    this.#keep(key, recorder);
    recorder.seen(observation.sequence, observation.network, monotonicMs);
    if (observation.kind === "requested") {
      const requestedAtSeconds = Math.floor(this.#clock.now() / 1_000);
      recorder.requested(observation.sequence, { ...observation, requestedAtSeconds });
    }
  }

  history(device: HeartbeatDevice): HeartbeatHistory {
    return this.#recorders.get(keyOf(device))?.history() ?? { intervals: [] };
  }

  restore(device: HeartbeatDevice, history: HeartbeatHistory): void {
    this.#keep(keyOf(device), HeartbeatRecorder.restored(history));
  }

  #keep(key: string, recorder: HeartbeatRecorder): void {
    this.#recorders.delete(key);
    this.#recorders.set(key, recorder);
    if (this.#recorders.size <= this.#maxDevices) return;
    for (const longestAgo of this.#recorders.keys()) {
      this.#recorders.delete(longestAgo);
      return;
    }
  }
}

function checkWholeNumber(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new DirectPushError(
    "ERR_OPTION_INVALID",
    `${name} must be a whole number from 1 to ${most}: ${value}`,
  );
}

function keyOf({ user, deviceId }: HeartbeatDevice): string {
  return [user, deviceId].join("\0");
}
