import { evidenceOf, LEAST_EVIDENCE_SECONDS, type PathEvidence } from "./heartbeat-evidence.js";
import type { HeartbeatEnd, HeartbeatObservation, HeldHeartbeat } from "./heartbeat-negotiator.js";
import type { HeartbeatPath } from "./heartbeat-path.js";

/** One path that something is known of. */
export interface KnownPath {
  readonly network: string;
  readonly path: HeartbeatPath;
  /** How often the device was refused an interval because of the limit. */
  refusals: number;
}

/** Evidence, and what the device had asked for. */
export interface DeviceEvidence {
  readonly evidence: PathEvidence;
  readonly askedSeconds: number;
}

type Requested = Extract<HeartbeatObservation, { kind: "requested" }>;

/** Networks of one device that are remembered: home, work, the carrier, and one more. */
const PATHS_KEPT = 4;

/**
 * What is remembered of one device: its newest interval, and its paths with a limit, of which most devices have none. One for each held ping
 * of a server, so that times are whole tenths of a second: small integers, which take no memory of their own.
 */
export class DeviceMemory implements HeldHeartbeat {
  /** Where its newest request came from. */
  network = "";
  /** The first request on this network without another in between. */
  #networkSince = 0;
  #newestSequence = -1;
  #newestCommand = "";
  /** The interval that was requested last. */
  #sequence = -1;
  #askedSeconds = 0;
  /** Its end, when the next request is waited for. */
  #ended: HeartbeatEnd["outcome"] | undefined = undefined;
  #heldTenths = 0;
  #endedAtTenths = 0;
  #endedCommand = "";
  /** The longest interval that this network carried, in seconds. */
  carriedSeconds = 0;
  #paths: readonly KnownPath[] = [];

  /** A request arrived: it may tell what became of the interval before. */
  seen(sequence: number, command: string, network: string, nowTenths: number): DeviceEvidence | undefined {
    // One that was on its way before the newest proves nothing about an answer, and one that is told twice nothing more.
    if (sequence <= this.#newestSequence) return undefined;
    const isSameNetwork = network === this.network;
    const found = this.#ended === undefined ? undefined : this.#judge(command, isSameNetwork, nowTenths);
    this.#newestSequence = sequence;
    this.#newestCommand = command;
    if (!isSameNetwork) this.#enter(network, sequence);
    return found;
  }

  /** The request that was seen with this number is held. */
  requested({ sequence, askedSeconds }: Requested): void {
    if (sequence < this.#sequence) return;
    this.#sequence = sequence;
    this.#askedSeconds = askedSeconds;
    this.#ended = undefined;
  }

  /** A hold ended. Superseded ones tell at once, the others with the next request. */
  ended(
    { sequence, outcome, heldSeconds, command }: HeartbeatEnd,
    nowMs: number,
  ): DeviceEvidence | undefined {
    if (outcome === "superseded") return this.#superseded(sequence, heldSeconds, command);
    if (sequence !== this.#sequence) return undefined;
    this.#ended = outcome;
    this.#heldTenths = Math.round(heldSeconds * 10);
    this.#endedAtTenths = inTenths(nowMs);
    this.#endedCommand = command;
    return undefined;
  }

  /** The path through a network; undefined while nothing is held against it. */
  path(network: string): KnownPath | undefined {
    return this.#paths.find((known) => known.network === network);
  }

  /** The paths, the newest last. */
  get paths(): readonly KnownPath[] {
    return this.#paths;
  }

  /** Remembers a path, in place of what was known of its network. */
  setPath(network: string, path: HeartbeatPath): KnownPath {
    const known: KnownPath = { network, path, refusals: 0 };
    this.#paths = this.#paths
      .filter((other) => other.network !== network)
      .slice(1 - PATHS_KEPT)
      .concat(known);
    return known;
  }

  /** Nothing is held against a path any more. */
  dropPath(network: string): void {
    this.#paths = this.#paths.filter((known) => known.network !== network);
  }

  #judge(command: string, isSameNetwork: boolean, nowTenths: number): DeviceEvidence | undefined {
    const { askedSeconds } = this;
    const outcome = this.#ended;
    if (outcome === undefined) return undefined;
    this.#ended = undefined;
    const evidence = evidenceOf(
      { command: this.#endedCommand, askedSeconds, outcome, heldSeconds: this.#heldTenths / 10 },
      { command, afterSeconds: (nowTenths - this.#endedAtTenths) / 10, isSameNetwork },
    );
    return evidence && { evidence, askedSeconds };
  }

  #superseded(sequence: number, seconds: number, command: string): DeviceEvidence | undefined {
    // By a request of another kind, or from another network: the device's own doing.
    const isRepeat = command === this.#newestCommand && sequence < this.#newestSequence;
    if (!isRepeat || sequence < this.#networkSince || seconds < LEAST_EVIDENCE_SECONDS) return undefined;
    return { evidence: { kind: "cut", seconds }, askedSeconds: this.askedSeconds };
  }

  #enter(network: string, sequence: number): void {
    this.network = network;
    this.#networkSince = sequence;
    this.carriedSeconds = 0;
  }

  /** What the device asked for last, in seconds. */
  get askedSeconds(): number {
    return this.#askedSeconds;
  }
}

/** A time as a {@link DeviceMemory} keeps it. */
export function inTenths(ms: number): number {
  return Math.round(ms / 100);
}
