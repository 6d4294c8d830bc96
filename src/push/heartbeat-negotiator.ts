import { DirectPushError } from "../errors.js";
import type { PathLimit } from "./heartbeat-limit.js";
import type { HoldOutcome } from "./hold.js";

/** Whose heartbeat it is. */
export interface HeartbeatDevice {
  readonly user: string;
  readonly deviceId: string;
}

/** How the hold of an interval ended. `timed-out`: disconnected, because the kernel's keep-alive probes found the path dead. */
export type IntervalEnd = HoldOutcome["kind"] | "timed-out";

/** What becomes of an interval that a device asks for. */
export type HeartbeatDecision =
  /** Held. The device is answered after `answerAfterSeconds`, which never exceeds the `heartbeatSeconds` it asked for. */
  | { readonly kind: "accepted"; readonly heartbeatSeconds: number; readonly answerAfterSeconds: number }
  /** Ping Status 5, Sync Status 14, with the nearest interval that would be accepted ([MS-ASCMD] 2.2.3.88.1). */
  | { readonly kind: "refused"; readonly nearestSeconds: number };

/** The end of a hold. */
export interface HeartbeatEnd {
  readonly sequence: number;
  readonly command: string;
  readonly outcome: IntervalEnd;
  readonly heldSeconds: number;
}

/** Something that the server saw of a device. Tell it when it happens: the negotiator notes the time itself. */
export type HeartbeatObservation =
  /** A request of the device arrived, of any command. The only proof that the device got the answer before. */
  | {
      readonly kind: "seen";
      readonly device: HeartbeatDevice;
      readonly sequence: number;
      readonly command: string;
      readonly network?: string;
    }
  /** The request that was seen with this number is held from now on. */
  | {
      readonly kind: "requested";
      readonly device: HeartbeatDevice;
      readonly sequence: number;
      readonly command: string;
      readonly askedSeconds: number;
      readonly answerAfterSeconds: number;
      readonly network?: string;
    }
  /** The hold of the request with this number has ended. */
  | ({ readonly kind: "ended"; readonly device: HeartbeatDevice } & HeartbeatEnd);

/** What was learned of a device's paths: plain data, to be stored and given back as JSON. */
export interface HeartbeatKnowledge {
  /** The paths with a limit, the one used last at the end. */
  readonly paths: readonly (PathLimit & { readonly network: string })[];
}

/**
 * What a negotiator remembers of a device, for a request of it that is held. The hold keeps it: where ten thousand end at once, looking for it
 * would cost more than all else that follows an answer.
 */
export interface HeldHeartbeat {
  /**
   * Takes note of the end of the hold, of any outcome but `superseded`, which may prove something at once. The same as the observation.
   *
   * @param nowMs the present on the clock's monotonic time.
   */
  ended(end: HeartbeatEnd, nowMs: number): void;
}

/** Decides how long the requests of each device are held. */
export interface HeartbeatNegotiator {
  /**
   * @param askedSeconds what the device asks for; anything that is no number within the bounds is refused.
   * @param network where the request comes from, in the server's terms (an address prefix, say): equal strings are one network.
   */
  negotiate(device: HeartbeatDevice, askedSeconds: number, network?: string): HeartbeatDecision;
  /** Takes note of what the server saw. Never throws. */
  observe(observation: HeartbeatObservation): void;
  /** What is remembered of the device of a request that is held now: its end can be told to that; undefined when nothing is. */
  held(device: HeartbeatDevice): HeldHeartbeat | undefined;
  /** What is known of a device's paths that is worth keeping; undefined when nothing is. */
  knowledge(device: HeartbeatDevice): HeartbeatKnowledge | undefined;
  /** Whether the negotiator needs nothing that was stored of the device. */
  isKnown(device: HeartbeatDevice): boolean;
  /** Gives back knowledge that was stored. Ignored where the negotiator knows the path better. */
  restore(device: HeartbeatDevice, knowledge: HeartbeatKnowledge): void;
}

/** The intervals that are accepted. */
export interface HeartbeatBounds {
  /** Shortest interval that is accepted, in whole seconds from 1 to 3540: 60 by default. */
  readonly minSeconds?: number;
  /** Longest interval that is accepted, in whole seconds from `minSeconds` to 3540: 3540 by default. */
  readonly maxSeconds?: number;
}

/** The longest interval of the protocol, in seconds ([MS-ASCMD] 2.2.1.13, product note on Ping). */
const PROTOCOL_MAX_SECONDS = 3540;

/** Accepts every interval within its bounds, holds it for as long as the device asked and learns nothing. */
export class BoundedHeartbeatNegotiator implements HeartbeatNegotiator {
  /** Shortest interval that is accepted, in seconds. */
  readonly minSeconds: number;
  /** Longest interval that is accepted, in seconds. */
  readonly maxSeconds: number;

  /** @throws {DirectPushError} `ERR_OPTION_INVALID` when a bound is no whole number in its range or the lower exceeds the upper. */
  constructor({ minSeconds = 60, maxSeconds = PROTOCOL_MAX_SECONDS }: HeartbeatBounds = {}) {
    checkWholeNumber("minSeconds", minSeconds, PROTOCOL_MAX_SECONDS);
    checkWholeNumber("maxSeconds", maxSeconds, PROTOCOL_MAX_SECONDS);
    if (minSeconds > maxSeconds) {
      throw new DirectPushError(
        "ERR_OPTION_INVALID",
        `minSeconds must not exceed maxSeconds: ${minSeconds} > ${maxSeconds}`,
      );
    }
    this.minSeconds = minSeconds;
    this.maxSeconds = maxSeconds;
  }

  negotiate(_device: HeartbeatDevice, askedSeconds: number, _network?: string): HeartbeatDecision {
    if (askedSeconds > this.maxSeconds) return { kind: "refused", nearestSeconds: this.maxSeconds };
    if (!(askedSeconds >= this.minSeconds)) return { kind: "refused", nearestSeconds: this.minSeconds };
    return { kind: "accepted", heartbeatSeconds: askedSeconds, answerAfterSeconds: askedSeconds };
  }

  observe(_observation: HeartbeatObservation): void {}

  held(_device: HeartbeatDevice): undefined {
    return undefined;
  }

  knowledge(_device: HeartbeatDevice): HeartbeatKnowledge | undefined {
    return undefined;
  }

  isKnown(_device: HeartbeatDevice): boolean {
    return true;
  }

  restore(_device: HeartbeatDevice, _knowledge: HeartbeatKnowledge): void {}
}

/** @throws {DirectPushError} `ERR_OPTION_INVALID` unless `value` is a whole number from 1 to `most`. */
export function checkWholeNumber(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new DirectPushError(
    "ERR_OPTION_INVALID",
    `${name} must be a whole number from 1 to ${most}: ${value}`,
  );
}
