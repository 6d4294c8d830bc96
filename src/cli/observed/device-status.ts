import type { HeldRequest } from "../../push/coordinator-observer.js";
import type { EndKind } from "./command-counts.js";

/** A request of a device that is held now. */
export interface HeldNow {
  readonly command: HeldRequest["command"];
  /** What the device asked for, in seconds. */
  readonly askedSeconds: number;
  /** What it is held for, in seconds. */
  readonly heartbeatSeconds: number;
  /** When it arrived, in milliseconds since the Unix epoch. */
  readonly sinceMs: number;
}

/** The limit of one network that a device was on. */
export interface LearnedLimit {
  /** As the option `network` names it; empty where it names none. */
  readonly network: string;
  /** The longest interval that is relied on, in seconds. */
  readonly carriedSeconds: number;
  /** The shortest interval that the path does not carry, in seconds. */
  readonly lostSeconds: number;
  readonly end: "cut" | "silent";
}

/** How a held request of a device ended. */
export interface PastOutcome {
  readonly kind: EndKind;
  readonly heldSeconds: number;
}

/** What a node knows of a device, as plain data. Nothing of it says what the mail is about. */
export interface DeviceStatus {
  readonly node: string;
  readonly user: string;
  readonly deviceId: string;
  /** As the device calls itself; empty where it is not known. */
  readonly deviceType: string;
  /** What is held now: one at the most of each command. */
  readonly holds: readonly HeldNow[];
  /** Of the networks it was on last, the newest first. */
  readonly limits: readonly LearnedLimit[];
  /** The newest first. */
  readonly outcomes: readonly PastOutcome[];
  /** When a request was last held or ended, in milliseconds since the Unix epoch. */
  readonly seenMs: number;
  /** From the last change that was pushed to its answer, in milliseconds. */
  readonly pushMilliseconds: number | undefined;
}
