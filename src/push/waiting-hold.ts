import type { HeldRequest, WakeReason } from "./coordinator-observer.js";
import type { WheelEntry } from "./deadline-wheel.js";
import type { HeldHeartbeat } from "./heartbeat-negotiator.js";
import type { HoldFolder, HoldOutcome, HoldRequest } from "./hold.js";

/** Where a hold stands between its arming and its end. */
export type HoldStage =
  /** Nothing is known to have changed. */
  | "waiting"
  /** A change is known; more of the same operation may follow. */
  | "gathering"
  /** The device's state is asked whether the known changes concern it. */
  | "confirming";

/** Folders with a change, each with the marker that was read before the device's state is asked (undefined: not read). */
export type Suspects = ReadonlyMap<string, string | undefined>;

/**
 * One request that the coordinator holds. There may be a hundred thousand: fields only, no closure, no promise, no emitter. What
 * most holds never need is undefined until they do.
 */
export class WaitingHold implements WheelEntry<WaitingHold> {
  slot = -1;
  previous: WaitingHold | undefined = undefined;
  next: WaitingHold | undefined = undefined;
  readonly request: HoldRequest;
  readonly settle: (outcome: HoldOutcome) => void;
  /** User, device and command: what a newer request of the same kind supersedes. */
  readonly key: string;
  /** Set once the outcome is decided; from then on nothing happens to the hold but its delivery. */
  hasEnded = false;
  /** The interval is over; only a change that was known by then is waited for. */
  isOverdue = false;
  /** The folders were compared with what the device has: what is told from now on came later. */
  isArmed = false;
  stage: HoldStage = "waiting";
  wakeReason: WakeReason | undefined = undefined;
  /** When the source first told of what is looked into, on the clock's monotonic time. */
  toldAtMs: number | undefined = undefined;
  /** The newest claim of this process to the key, among all processes; 0 while there is none. */
  claim = 0;
  stopWatch: (() => void) | undefined = undefined;
  /** What the observer wants back with the end. */
  heartbeat: HeldHeartbeat | undefined = undefined;
  /** Folders with a change that is not yet being confirmed. */
  suspects: Map<string, string | undefined> | undefined = undefined;
  /** Folders whose change is certain while others still are asked, or gathered. */
  confirmed: string[] | undefined = undefined;
  /** Folders whose change did not concern the device, with the marker of before it was asked (undefined: not read). */
  baselines: Map<string, string | undefined> | undefined = undefined;

  constructor(request: HoldRequest, key: string, settle: (outcome: HoldOutcome) => void) {
    this.request = request;
    this.key = key;
    this.settle = settle;
  }

  /** What the hold asked for of this folder; undefined for nothing. */
  watched(folder: string): HoldFolder | undefined {
    for (const watched of this.request.folders) if (watched.folder === folder) return watched;
    return undefined;
  }

  /** Drops whatever the hold gathered, so that a source which keeps its callback for ever keeps little else. */
  release(): void {
    this.stopWatch = undefined;
    this.suspects = undefined;
    this.confirmed = undefined;
    this.baselines = undefined;
  }

  /** The hold as observers see it. */
  describe(heldSeconds: number): HeldRequest {
    const { mailbox, deviceId, deviceType, command, heartbeatSeconds, askedSeconds, folders, sequence } =
      this.request;
    return {
      user: mailbox.user,
      deviceId,
      deviceType: deviceType ?? "",
      command,
      heartbeatSeconds,
      askedSeconds: askedSeconds ?? heartbeatSeconds,
      heldSeconds,
      folders: folders.map(({ folder }) => folder),
      sequence,
    };
  }
}
