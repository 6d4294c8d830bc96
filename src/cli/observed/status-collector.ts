import { type Clock, systemClock } from "../../clock.js";
import type { DirectPush } from "../../direct-push.js";
import type { DirectPushEventMap } from "../../events.js";
import type { DeviceQuery } from "./device-query.js";
import { type DeviceMemory, ObservedDevices } from "./observed-devices.js";
import { type Happening, type NumbersSnapshot, ObservedNumbers } from "./observed-numbers.js";
import { newestWarnings, type Warning } from "./observed-warnings.js";
import type { StatusSnapshot, StatusSource } from "./status-snapshot.js";

/** Of devices that are not held, so many are remembered, for so long. */
const defaultMemory: DeviceMemory = { maxAway: 10_000, forgetAfterSeconds: 86_400 };

/** What a {@link StatusCollector} may be told. */
export interface StatusCollectorOptions extends Partial<DeviceMemory> {
  /** The process's name among several: `server` by default. */
  readonly node?: string;
  readonly clock?: Clock;
}

type Listeners = Partial<DirectPushEventMap>;

/** Events of which no more is kept than that they happened. */
const happenings = [
  ["dropped", "dropped"],
  ["refused", "heartbeatsRefused"],
  ["authenticationRefused", "authenticationRefused"],
  ["deviceRefused", "devicesRefused"],
  ["throttled", "throttled"],
  ["requestFailed", "requestsFailed"],
  ["itemSkipped", "itemsSkipped"],
] as const satisfies readonly (readonly [keyof DirectPushEventMap, Happening])[];

/**
 * Collects what one server tells of itself, for the operators' page and for metrics. Bounded in memory: by what is held, and by
 * its options. It sets no timer.
 */
export class StatusCollector implements StatusSource {
  readonly #events: DirectPush["events"];
  readonly #clock: Clock;
  readonly #node: string;
  readonly #startedAtMs: number;
  readonly #numbers: ObservedNumbers;
  readonly #devices: ObservedDevices;
  #warnings: readonly Warning[] = [];
  readonly #listeners: Listeners;

  /** Listens to a server from now on; what it holds already is known as well. */
  constructor(directPush: Pick<DirectPush, "events" | "held">, options: StatusCollectorOptions = {}) {
    const { node = "server", clock = systemClock, maxAway, forgetAfterSeconds } = options;
    this.#events = directPush.events;
    this.#clock = clock;
    this.#node = node;
    this.#startedAtMs = clock.now();
    const now = (): number => clock.now();
    this.#numbers = new ObservedNumbers(now);
    this.#devices = new ObservedDevices(
      node,
      {
        maxAway: maxAway ?? defaultMemory.maxAway,
        forgetAfterSeconds: forgetAfterSeconds ?? defaultMemory.forgetAfterSeconds,
      },
      now,
    );
    for (const hold of directPush.held()) if (hold.folders.length > 0) this.#devices.held(hold);
    this.#listeners = this.#makeListeners();
    for (const [name, listener] of this.#each()) this.#events.on(name, listener);
  }

  /** The counts alone, as metrics need them. */
  numbers(): NumbersSnapshot {
    return this.#numbers.snapshot();
  }

  /** How many requests are held, by command. */
  get held(): StatusSnapshot["held"] {
    return this.#devices.heldCounts;
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
    for (const [name, listener] of this.#each()) this.#events.off(name, listener);
  }

  #makeListeners(): Listeners {
    const numbers = this.#numbers;
    const devices = this.#devices;
    const listeners: Listeners = {
      request: (event) => numbers.request(event),
      held: (hold) => {
        numbers.held(hold);
        devices.held(hold);
      },
      ended: (event) => {
        numbers.ended(event);
        devices.ended(event);
      },
      heartbeatLearned: (event) => devices.learned(event),
      heartbeatsShort: (event) => {
        numbers.happened("heartbeatsShort");
        this.#warn({ kind: "heartbeats-short", ...event });
      },
      connectionsCut: (event) => {
        numbers.happened("connectionsCut");
        this.#warn({ kind: "connections-cut", ...event });
      },
      syncServed: (event) => numbers.synced(event),
      sourceFailed: (event) => numbers.sourceFailed(event),
      wipe: ({ state }) => {
        if (state === "done") numbers.happened("wipesDone");
      },
    };
    for (const [name, what] of happenings) listeners[name] = () => numbers.happened(what);
    return listeners;
  }

  #warn(warning: WithoutOrigin): void {
    const told = { ...warning, node: this.#node, atMs: this.#clock.now() };
    this.#warnings = newestWarnings([[told], this.#warnings]);
  }

  #each(): [keyof DirectPushEventMap, () => void][] {
    // Each name comes with its own listener; the emitter's type cannot follow that through a list.
    return Object.entries(this.#listeners) as [keyof DirectPushEventMap, () => void][];
  }
}

type WithoutOrigin = Warning extends infer Each
  ? Each extends Warning
    ? Omit<Each, "node" | "atMs">
    : never
  : never;
