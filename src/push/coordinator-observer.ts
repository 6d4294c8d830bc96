import type { HeldHeartbeat } from "./heartbeat-negotiator.js";
import type { HoldOutcome } from "./hold.js";

/** A held request as an observer sees it: a copy, not a handle. */
export interface HeldRequest {
  readonly user: string;
  readonly deviceId: string;
  /** DeviceType as sent: free text such as `iPhone`; empty where it is not known. */
  readonly deviceType: string;
  readonly command: "Ping" | "Sync";
  /** The interval that is held, in seconds. */
  readonly heartbeatSeconds: number;
  /** The interval that the device asked for, in seconds: never less. */
  readonly askedSeconds: number;
  /** Seconds since the request arrived. */
  readonly heldSeconds: number;
  /** The watched folders' ids, `HIERARCHY` among them where it is watched. */
  readonly folders: readonly string[];
  /** The request's sequence number: newer requests have higher ones. */
  readonly sequence: number;
}

/** Why a hold ended as `changed`: the change was there when the hold began, or the source told of it while it waited. */
export type WakeReason = "pending" | "notified";

/** Which call into the integrator's code failed; `claim`: what tells other processes of a newer request. */
export type SourceCall = "watch" | "marker" | "confirm" | "stop" | "claim";

/** The end of a hold. What it takes to tell of it is made when it is asked for: ten thousand may end at once, and often nobody asks. */
export interface HoldEnd {
  readonly outcome: HoldOutcome;
  readonly command: HeldRequest["command"];
  /** The request's sequence number. */
  readonly sequence: number;
  /** Seconds from the request's arrival to the end. */
  readonly heldSeconds: number;
  /** Given with the outcome `changed` alone. */
  readonly wakeReason: WakeReason | undefined;
  /** When the settle function had returned, on the clock's monotonic time. */
  readonly answeredAtMs: number;
  /**
   * Given with the reason `notified` alone: from the source's telling of a change to the return of the settle function. A notice that led to
   * nothing before does not count.
   */
  readonly pushMilliseconds: number | undefined;
  /** What {@link CoordinatorObserver.held} returned. */
  readonly heartbeat: HeldHeartbeat | undefined;
  /** The request that was held. */
  describe(): HeldRequest;
}

/** Hears what the coordinator does, for events and metrics. Its methods are called synchronously; what they throw is dropped. */
export interface CoordinatorObserver {
  /**
   * A request is held from now on. Each one is followed by exactly one `ended`. Not told of answers that are only held back.
   *
   * @returns what is kept with the hold for its end.
   */
  held?(hold: HeldRequest): HeldHeartbeat | undefined;
  /**
   * A hold has ended and its settle function was called.
   *
   * @param end not to be kept: it refers to all of the hold.
   */
  ended?(end: HoldEnd): void;
  /** A call into the integrator's code threw, rejected or did not answer. */
  sourceFailed?(error: unknown, call: SourceCall): void;
}
