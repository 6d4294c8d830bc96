import { EventEmitter } from "eventemitter3";
import type { ItemSkippedEvent, SyncServedEvent, WipeEvent } from "./commands/command-events.js";
import type { Device } from "./protocol/device.js";
import type { HeldRequest, SourceCall, WakeReason } from "./push/coordinator-observer.js";
import type { HoldOutcome } from "./push/hold.js";

/** A request that was answered. */
export interface RequestEvent {
  /** The authenticated user; undefined when the request was refused before that. */
  readonly user: string | undefined;
  /** Undefined for OPTIONS and for requests that were refused before their device was known. */
  readonly device: Device | undefined;
  /** As in the query; `OPTIONS` for that method; `Autodiscover` for its paths; undefined when it could not be read. */
  readonly command: string | undefined;
  readonly status: number;
  /** Bytes of the answer's body. */
  readonly responseBytes: number;
  /** From the arrival to the answer, the time it was held included. */
  readonly milliseconds: number;
  /** The request's number in this process: `held` and `ended` name it, where it was held. */
  readonly sequence: number;
}

/** A held request that has ended. */
export interface EndedEvent {
  readonly hold: HeldRequest;
  readonly kind: HoldOutcome["kind"];
  readonly askedSeconds: number;
  readonly heldSeconds: number;
  /** The folders that changed; empty unless `kind` is `changed`. */
  readonly folders: readonly string[];
  /** Given with `changed` alone. */
  readonly wakeReason: WakeReason | undefined;
  /**
   * From the change source's telling of the change to the Ping's answer, the gathering of the changes of one operation included. The answer
   * to a Sync is made after that. Given with the reason `notified` alone.
   */
  readonly pushMilliseconds: number | undefined;
}

/** A client that went away before its answer. */
export interface DroppedEvent {
  readonly user: string | undefined;
  readonly device: Device | undefined;
  readonly command: string | undefined;
  /** `timed-out`: the kernel gave the connection up, as nothing answered its keep-alive probes. */
  readonly how: Extract<HoldOutcome, { readonly kind: "disconnected" }>["how"];
  readonly afterMilliseconds: number;
  /** The request's number in this process: `held` and `ended` name it, where it was held. */
  readonly sequence: number;
}

/** A heartbeat interval outside the bounds: Ping Status 5 or Sync Status 14. */
export interface HeartbeatRefusedEvent {
  readonly device: Device;
  readonly askedSeconds: number;
  readonly nearestSeconds: number;
}

/** What the server learned of the path of a device: see docs/heartbeat.md. */
export interface HeartbeatLearnedEvent {
  readonly user: string;
  readonly deviceId: string;
  /** As the option `network` names it; empty where it names none. */
  readonly network: string;
  /** Undefined when no limit is known any more: the path carries what the device asks for. */
  readonly limit:
    | {
        /** The longest interval that is relied on, in seconds. */
        readonly carriedSeconds: number;
        /** The shortest interval that the path does not carry, in seconds. */
        readonly lostSeconds: number;
        /** `cut`: the connection is closed at that age. `silent`: it is forgotten, and neither side hears of it. */
        readonly end: "cut" | "silent";
      }
    | undefined;
}

/** What was learned of the path of a device before, and stored: it is known again after a restart, or after the device had been forgotten. */
export interface HeartbeatRestoredEvent extends HeartbeatLearnedEvent {
  readonly limit: NonNullable<HeartbeatLearnedEvent["limit"]>;
}

/**
 * The limit that others of its network have found holds for a device from now on, before it lost as much itself. What it then finds out by itself
 * is learned like any other.
 */
export interface HeartbeatAdoptedEvent extends HeartbeatLearnedEvent {
  readonly limit: NonNullable<HeartbeatLearnedEvent["limit"]>;
}

/** The intervals in use are short: something in front of the server cuts or forgets connections, or devices were told to ask for little. */
export interface HeartbeatsShortEvent {
  /** Of the newest intervals, in seconds. */
  readonly averageSeconds: number;
  /** How many those are. */
  readonly samples: number;
}

/** Something ends held requests at one age: a timeout of a proxy or of the host. */
export interface ConnectionsCutEvent {
  readonly seconds: number;
  /** As the option `network` names it: the proxy, where that is all the server sees. Undefined: seen on several, so it is on the server's side. */
  readonly network: string | undefined;
  /** On how many networks it was seen. */
  readonly networks: number;
  /** What has such a limit unless it was told another; empty when nothing known has. */
  readonly likelyCulprits: readonly string[];
}

/** Credentials that `authenticate` refused. */
export interface AuthenticationRefusedEvent {
  /** As offered; undefined when the request named no user. */
  readonly user: string | undefined;
  readonly remoteAddress: string | undefined;
}

/** A device that `authorizeDevice` did not let in. */
export interface DeviceRefusedEvent {
  readonly device: Device;
  readonly decision: "block" | "quarantine";
  readonly reason: string;
  readonly command: string;
}

/** A request that was turned away because its user or device has too many under way. */
export interface ThrottledEvent {
  readonly device: Device;
  readonly command: string;
}

/** A call into the mailbox, the change source, the state store or a hook that failed. */
export interface SourceFailedEvent {
  readonly error: unknown;
  /** What was called; `request` when a command found the mailbox or the store unavailable. */
  readonly call: SourceCall | "request" | "authenticate" | "authorizeDevice";
}

/** A fault of this library or of a hook: it threw what it should not. The request got its 500 or Status 110, and a Sync its Status 5. */
export interface RequestFailedEvent {
  readonly error: unknown;
  readonly device: Device | undefined;
  readonly command: string | undefined;
}

/**
 * Everything that a server tells of itself. There is no `error` event: nothing here can end the process, and what a listener throws is
 * dropped. A listener that is an async function must catch for itself: nobody waits for what it returns.
 */
export interface DirectPushEventMap {
  request: (event: RequestEvent) => void;
  /** A Ping or a Sync is held from now on; exactly one `ended` follows. */
  held: (hold: HeldRequest) => void;
  ended: (event: EndedEvent) => void;
  /** A held request ended because a newer one of its device came; told besides `ended`. */
  superseded: (hold: HeldRequest) => void;
  /** A client went away before its answer, held or not. */
  dropped: (event: DroppedEvent) => void;
  /** A heartbeat interval was refused. */
  refused: (event: HeartbeatRefusedEvent) => void;
  /** The limit of a device's path became known, changed or was given up. */
  heartbeatLearned: (event: HeartbeatLearnedEvent) => void;
  /** The limit of a device's path that was stored is known again, at the device's first wait in this process: once for each of its paths. */
  heartbeatRestored: (event: HeartbeatRestoredEvent) => void;
  /** A device takes over the limit that others of its network have found. */
  heartbeatAdopted: (event: HeartbeatAdoptedEvent) => void;
  /** The average of the intervals in use fell to `heartbeat.alertSeconds`; again only after it was above. */
  heartbeatsShort: (event: HeartbeatsShortEvent) => void;
  /** Held requests are cut at one age; once for each network and age, and once when it is seen on several. */
  connectionsCut: (event: ConnectionsCutEvent) => void;
  authenticationRefused: (event: AuthenticationRefusedEvent) => void;
  deviceRefused: (event: DeviceRefusedEvent) => void;
  throttled: (event: ThrottledEvent) => void;
  syncServed: (event: SyncServedEvent) => void;
  itemSkipped: (event: ItemSkippedEvent) => void;
  wipe: (event: WipeEvent) => void;
  sourceFailed: (event: SourceFailedEvent) => void;
  requestFailed: (event: RequestFailedEvent) => void;
}

/** The emitter on the server object. */
export type DirectPushEvents = EventEmitter<DirectPushEventMap>;

/** The event of a name. */
export type DirectPushEvent<Name extends keyof DirectPushEventMap> = Parameters<DirectPushEventMap[Name]>[0];

/** Tells an event to its listeners; never throws. */
export type Tell = <Name extends keyof DirectPushEventMap>(
  name: Name,
  event: () => DirectPushEvent<Name>,
) => void;

/** An emitter without listeners. */
export function makeEvents(): DirectPushEvents {
  return new EventEmitter<DirectPushEventMap>();
}

/**
 * The telling side of an emitter. The event is made only when somebody listens. A listener that throws keeps those after it from
 * hearing this event, and nothing else.
 *
 * @param onThrow hears what a listener threw.
 */
export function tellThrough(events: DirectPushEvents, onThrow: (error: unknown) => void): Tell {
  // The map's entries are told apart by name alone, which the emitter's own type cannot follow here.
  const emit = events.emit.bind(events) as (name: string, event: unknown) => boolean;
  return (name, event) => {
    if (events.listenerCount(name) === 0) return;
    try {
      emit(name, event());
    } catch (error) {
      onThrow(error);
    }
  };
}
