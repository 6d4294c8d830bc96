import { type Clock, systemClock } from "../../clock.js";
import type { DirectPush } from "../../direct-push.js";
import type { DirectPushEventMap } from "../../events.js";
import type { DeviceQuery } from "./device-query.js";
import { listen } from "./listen.js";
import { NumbersCollector } from "./numbers-collector.js";
import { type DeviceMemory, ObservedDevices } from "./observed-devices.js";
import { newestWarnings, type Warning } from "./observed-warnings.js";
import type { StatusSnapshot, StatusSource } from "./status-snapshot.js";

/** Of devices that are not held, so many are remembered, for so long. */
const defaultMemory: DeviceMemory = { maxAway: 10_000, forgetAfterSeconds: 86_400 };

/** What a {@link StatusCollector} may be told. */
export interface StatusCollectorOptions extends Partial<DeviceMemory> {
  /** The process's name among several: `server` by default. */
  readonly node?: string;
  readonly clock?: Clock;
  /** Counts of the same server that others look at, too, and close. Default: its own. */
  readonly numbers?: NumbersCollector;
}

/**
 * Collects what one server tells of itself, for the operators' page. Bounded in memory: by what is held, and by
 * its options. It sets no timer.
 */
export class StatusCollector implements StatusSource {
  readonly #clock: Clock;
  readonly #node: string;
  readonly #startedAtMs: number;
  readonly #numbers: NumbersCollector;
  readonly #devices: ObservedDevices;
  #warnings: readonly Warning[] = [];
  readonly #stop: () => void;

  /** Listens to a server from now on; what it holds already is known as well. */
  constructor(directPush: Pick<DirectPush, "events" | "held">, options: StatusCollectorOptions = {}) {
    const { node = "server", clock = systemClock, maxAway, forgetAfterSeconds } = options;
    this.#clock = clock;
    this.#node = node;
    this.#startedAtMs = clock.now();
    const now = (): number => clock.now();
    const shared = options.numbers;
    this.#numbers = shared ?? new NumbersCollector(directPush.events, now);
    this.#devices = new ObservedDevices(
      node,
      {
        maxAway: maxAway ?? defaultMemory.maxAway,
        forgetAfterSeconds: forgetAfterSeconds ?? defaultMemory.forgetAfterSeconds,
      },
      now,
    );
    for (const hold of directPush.held()) if (hold.folders.length > 0) this.#devices.held(hold);
    const stop = listen(directPush.events, this.#listeners());
    this.#stop = () => {
      stop();
      if (shared === undefined) this.#numbers.close();
    };
  }

  /** What the server tells of itself now. */
  snapshot(query: DeviceQuery): StatusSnapshot {
    return {
      node: this.#node,
      takenAtMs: this.#clock.now(),
      startedAtMs: this.#startedAtMs,
      held: this.#devices.heldCounts,
      knownDevices: this.#devices.known,
      residentBytes: process.memoryUsage.rss(),
      numbers: this.#numbers.snapshot(),
      warnings: this.#warnings,
      devices: this.#devices.page(query),
    };
  }

  /** The snapshot, as that of the only node. */
  async snapshots(query: DeviceQuery): Promise<readonly [StatusSnapshot]> {
    return [this.snapshot(query)];
  }

  /** Stops listening. */
  close(): void {
    this.#stop();
  }

  #listeners(): Partial<DirectPushEventMap> {
    const devices = this.#devices;
    return {
      held: (hold) => devices.held(hold),
      ended: (event) => devices.ended(event),
      heartbeatLearned: (event) => devices.learned(event),
      heartbeatRestored: (event) => devices.learned(event),
      heartbeatAdopted: (event) => devices.learned(event),
      heartbeatsShort: (event) => this.#warn({ kind: "heartbeats-short", ...event }),
      connectionsCut: (event) => this.#warn({ kind: "connections-cut", ...event }),
    };
  }

  #warn(warning: WithoutOrigin): void {
    const told = { ...warning, node: this.#node, atMs: this.#clock.now() };
    this.#warnings = newestWarnings([[told], this.#warnings]);
  }
}

type WithoutOrigin = Warning extends infer Each
  ? Each extends Warning
    ? Omit<Each, "node" | "atMs">
    : never
  : never;
