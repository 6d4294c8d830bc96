import { type Clock, systemClock } from "../clock.js";
import { type DeviceEvidence, DeviceMemory, inTenths, type KnownPath } from "./heartbeat-device.js";
import type { PathEvidence } from "./heartbeat-evidence.js";
import type { PathLimit } from "./heartbeat-limit.js";
import {
  BoundedHeartbeatNegotiator,
  checkWholeNumber,
  type HeartbeatBounds,
  type HeartbeatDecision,
  type HeartbeatDevice,
  type HeartbeatKnowledge,
  type HeartbeatNegotiator,
  type HeartbeatObservation,
  type HeldHeartbeat,
} from "./heartbeat-negotiator.js";
import { HeartbeatNetworks } from "./heartbeat-networks.js";
import { HeartbeatPath } from "./heartbeat-path.js";
import { RecentlySet } from "./recently-set.js";

/** What is done with what was learned. */
export type HeartbeatUse =
  /** Nothing but to tell. */
  | "observe"
  /** A device that asks for more than its path carries is answered before the path forgets it. */
  | "answer-early"
  /** It is told the learned interval, twice at most; a device that does not keep to it is then answered early. */
  | "refuse";

/** The limit of a device's path became known, changed or was given up. */
export interface HeartbeatLearned {
  readonly device: HeartbeatDevice;
  /** Empty where the server does not tell networks apart. */
  readonly network: string;
  /** Undefined: no limit is known any more. */
  readonly limit: PathLimit | undefined;
  /** Whether the limit differs from what was known; else only the next trial was put off, which is worth storing and no more. */
  readonly isNews: boolean;
}

/** The limit of a device's path that was learned before and stored. */
export type HeartbeatRestored = Pick<HeartbeatLearned, "device" | "network"> & { readonly limit: PathLimit };

/** The limit that others of its network have found, and a device takes over. */
export type HeartbeatAdopted = HeartbeatRestored;

/** What a {@link LearningHeartbeatNegotiator} accepts, remembers and does. */
export interface LearningHeartbeatOptions extends HeartbeatBounds {
  /** `answer-early` by default. */
  readonly use?: HeartbeatUse;
  /** How many devices are remembered; those seen last stay: 20,000 by default, 1 or more. */
  readonly maxDevices?: number;
  /** How many networks with a limit are remembered; those heard of last stay: 10,000 by default, 1 or more. */
  readonly maxNetworks?: number;
  /** The system's clock by default. */
  readonly clock?: Clock;
  /** Hears of each limit; what it throws is not caught. */
  readonly onLearned?: (learned: HeartbeatLearned) => void;
  /** Hears of each limit that was given back and is known from then on; what it throws is not caught. */
  readonly onRestored?: (restored: HeartbeatRestored) => void;
  /** Hears of each limit that a device takes over from others of its network; what it throws is not caught. */
  readonly onAdopted?: (adopted: HeartbeatAdopted) => void;
}

/** A device is told so often to ask for less; some cannot, or ask for more again after every interval. */
const REFUSALS = 2;
/** No device is told to ask for less than this. A hanging Sync counts in minutes. */
const LEAST_REFUSED_SECONDS = 60;

/** Learns from what devices do which intervals their paths carry, and holds no request for longer. */
export class LearningHeartbeatNegotiator implements HeartbeatNegotiator {
  readonly #bounds: BoundedHeartbeatNegotiator;
  readonly #use: HeartbeatUse;
  readonly #clock: Clock;
  readonly #onLearned: (learned: HeartbeatLearned) => void;
  readonly #onRestored: (restored: HeartbeatRestored) => void;
  readonly #onAdopted: (adopted: HeartbeatAdopted) => void;
  readonly #networks: HeartbeatNetworks;
  readonly #devices: RecentlySet<DeviceMemory>;

  /** @throws {DirectPushError} `ERR_OPTION_INVALID` when a number is not whole or not in its range, or the bounds are the wrong way round. */
  constructor(options: LearningHeartbeatOptions = {}) {
    const { use = "answer-early", maxDevices = 20_000, maxNetworks = 10_000 } = options;
    this.#bounds = new BoundedHeartbeatNegotiator(options);
    checkWholeNumber("maxDevices", maxDevices, Number.MAX_SAFE_INTEGER);
    checkWholeNumber("maxNetworks", maxNetworks, Number.MAX_SAFE_INTEGER);
    this.#use = use;
    this.#devices = new RecentlySet(maxDevices);
    this.#clock = options.clock ?? systemClock;
    this.#onLearned = options.onLearned ?? (() => {});
    this.#onRestored = options.onRestored ?? (() => {});
    this.#onAdopted = options.onAdopted ?? (() => {});
    this.#networks = new HeartbeatNetworks(maxNetworks);
  }

  negotiate(device: HeartbeatDevice, askedSeconds: number, network = ""): HeartbeatDecision {
    const decision = this.#bounds.negotiate(device, askedSeconds);
    if (decision.kind === "refused" || this.#use === "observe") return decision;
    const memory = this.#devices.get(keyOf(device));
    const known = memory?.path(network);
    const answerAfterSeconds = known
      ? known.path.answerAfter(askedSeconds, this.#nowSeconds())
      : Math.min(askedSeconds, this.#advisedSeconds(network, memory));
    if (this.#use === "refuse" && known !== undefined && answerAfterSeconds < askedSeconds) {
      return this.#refuse(known, decision, answerAfterSeconds);
    }
    return { ...decision, answerAfterSeconds };
  }

  observe(observation: HeartbeatObservation): void {
    const key = keyOf(observation.device);
    const known = this.#devices.get(key);
    // What a device does that never had a request held is of no use.
    if (known === undefined && observation.kind !== "requested") return;
    const nowMs = this.#clock.monotonicNow();
    if (observation.kind === "ended") {
      const found = known?.ended(observation, nowMs);
      if (known !== undefined && found !== undefined) this.#learn(observation.device, key, known, found);
      return;
    }
    const memory = known ?? new DeviceMemory();
    this.#devices.set(key, memory);
    const { sequence, command, network = "" } = observation;
    const found = memory.seen(sequence, command, network, inTenths(nowMs));
    if (found !== undefined) this.#learn(observation.device, key, memory, found);
    if (observation.kind !== "requested") return;
    memory.requested(observation);
    this.#adopt(observation.device, memory, network);
  }

  held(device: HeartbeatDevice): HeldHeartbeat | undefined {
    return this.#devices.get(keyOf(device));
  }

  knowledge(device: HeartbeatDevice): HeartbeatKnowledge | undefined {
    const nowSeconds = this.#nowSeconds();
    const paths = (this.#devices.get(keyOf(device))?.paths ?? []).flatMap(({ network, path }) => {
      const limit = path.limit(nowSeconds);
      return limit === undefined ? [] : [{ network, ...limit }];
    });
    return paths.length === 0 ? undefined : { paths };
  }

  isKnown(device: HeartbeatDevice): boolean {
    return this.#devices.has(keyOf(device));
  }

  restore(device: HeartbeatDevice, knowledge: HeartbeatKnowledge): void {
    const key = keyOf(device);
    const memory = this.#devices.get(key) ?? new DeviceMemory();
    this.#devices.set(key, memory);
    const nowSeconds = this.#nowSeconds();
    for (const { network, ...limit } of knowledge.paths) {
      if (memory.path(network) !== undefined) continue;
      const { path } = memory.setPath(network, HeartbeatPath.withLimit(limit));
      this.#networks.report(network, key, limit);
      if (path.limit(nowSeconds) !== undefined) this.#onRestored({ device, network, limit });
    }
  }

  #refuse(
    known: KnownPath,
    early: Extract<HeartbeatDecision, { kind: "accepted" }>,
    nearestSeconds: number,
  ): HeartbeatDecision {
    const least = Math.max(this.#bounds.minSeconds, LEAST_REFUSED_SECONDS);
    // While a limit is looked for the device keeps its own interval: telling it each step would cost a request each.
    const isSettled = known.path.limit(this.#nowSeconds()) !== undefined;
    if (!isSettled || nearestSeconds < least || known.refusals >= REFUSALS) {
      return { ...early, answerAfterSeconds: nearestSeconds };
    }
    known.refusals += 1;
    return { kind: "refused", nearestSeconds };
  }

  #learn(device: HeartbeatDevice, key: string, memory: DeviceMemory, found: DeviceEvidence): void {
    const { evidence, askedSeconds } = found;
    const { network } = memory;
    const nowSeconds = this.#nowSeconds();
    if (evidence.kind === "carried") this.#networks.carried(network, evidence.seconds);
    const known = memory.path(network) ?? this.#suspected(device, memory, evidence);
    if (known === undefined) {
      memory.carriedSeconds = Math.max(memory.carriedSeconds, Math.floor(evidence.seconds));
      return;
    }
    const before = known.path.limit(nowSeconds);
    known.path.note(evidence, askedSeconds, nowSeconds);
    const after = known.path.limit(nowSeconds);
    if (known.path.isClear) {
      memory.carriedSeconds = known.path.carriedSeconds;
      memory.dropPath(network);
    }
    if (
      before?.carriedSeconds === after?.carriedSeconds &&
      before?.retryAtSeconds === after?.retryAtSeconds
    ) {
      return;
    }
    known.refusals = 0;
    this.#networks.report(network, key, after);
    const isNews = before?.carriedSeconds !== after?.carriedSeconds || before?.isCut !== after?.isCut;
    this.#onLearned({ device, network, limit: after, isNews });
  }

  /** The path that the first sign of a limit is noted of; none for a sign that there is none. */
  #suspected(
    device: HeartbeatDevice,
    memory: DeviceMemory,
    { kind, seconds }: PathEvidence,
  ): KnownPath | undefined {
    if (kind === "carried") return undefined;
    const { network } = memory;
    const hint = this.#networks.advice(network, this.#nowSeconds())?.limit;
    // Another device has found the limit that explains this: no more proof is needed.
    const isExplained = hint !== undefined && kind === "lost" && seconds > hint.carriedSeconds;
    if (isExplained && memory.carriedSeconds < hint.lostSeconds) {
      this.#networks.report(network, keyOf(device), hint);
      return this.#takeOver(device, memory, network, hint);
    }
    return memory.setPath(network, HeartbeatPath.carrying(memory.carriedSeconds));
  }

  /** What the network's devices agree on; Infinity when they do not, or when the device knows better. */
  #advisedSeconds(network: string, memory: DeviceMemory | undefined): number {
    const advice = this.#networks.advice(network, this.#nowSeconds());
    if (!advice?.isAgreed) return Number.POSITIVE_INFINITY;
    const isRefuted = memory?.network === network && memory.carriedSeconds > advice.limit.carriedSeconds;
    return isRefuted ? Number.POSITIVE_INFINITY : advice.limit.carriedSeconds;
  }

  #adopt(device: HeartbeatDevice, memory: DeviceMemory, network: string): void {
    if (memory.path(network) !== undefined) return;
    const limit = this.#networks.advice(network, this.#nowSeconds())?.limit;
    if (limit === undefined || this.#advisedSeconds(network, memory) !== limit.carriedSeconds) return;
    this.#takeOver(device, memory, network, limit);
  }

  #takeOver(device: HeartbeatDevice, memory: DeviceMemory, network: string, limit: PathLimit): KnownPath {
    const known = memory.setPath(network, HeartbeatPath.withLimit(limit));
    this.#onAdopted({ device, network, limit });
    return known;
  }

  #nowSeconds(): number {
    return Math.floor(this.#clock.now() / 1_000);
  }
}

function keyOf({ user, deviceId }: HeartbeatDevice): string {
  // Joined, because a concatenated string keeps its parts' memory.
  return [user, deviceId].join("\0");
}
