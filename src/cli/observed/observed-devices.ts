import type { EndedEvent, HeartbeatLearnedEvent } from "../../events.js";
import type { HeldRequest } from "../../push/coordinator-observer.js";
import { type DevicePage, type DeviceQuery, selectDevices } from "./device-query.js";
import type { DeviceStatus, HeldNow, LearnedLimit, PastOutcome } from "./device-status.js";

/** How many outcomes of a device are remembered. */
const OUTCOMES = 5;
/** Of how many networks of a device the limit is remembered. */
const NETWORKS = 3;

/** How much is remembered of devices that are not held. */
export interface DeviceMemory {
  /** How many devices at the most, 0 or more. */
  readonly maxAway: number;
  /** For how many seconds after a device's last request ended. */
  readonly forgetAfterSeconds: number;
}

interface Hold extends HeldNow {
  readonly sequence: number;
}

interface ObservedDevice {
  readonly user: string;
  readonly deviceId: string;
  deviceType: string;
  holds: readonly Hold[];
  limits: readonly LearnedLimit[];
  outcomes: readonly PastOutcome[];
  seenMs: number;
  pushMilliseconds: number | undefined;
}

const nothing: readonly never[] = Object.freeze([]);

/** What is known of each device: of all that are held, and of a bounded number of those that were. */
export class ObservedDevices {
  readonly #node: string;
  readonly #memory: DeviceMemory;
  readonly #now: () => number;
  readonly #held = new Map<string, ObservedDevice>();
  /** The one that was seen longest ago first. */
  readonly #away = new Map<string, ObservedDevice>();
  readonly #counts: Record<HeldRequest["command"], number> = { Ping: 0, Sync: 0 };

  /** @param now milliseconds since the Unix epoch. */
  constructor(node: string, memory: DeviceMemory, now: () => number) {
    this.#node = node;
    this.#memory = memory;
    this.#now = now;
  }

  /** How many requests are held, by command. */
  get heldCounts(): Readonly<Record<HeldRequest["command"], number>> {
    return { ...this.#counts };
  }

  /** How many devices are remembered, those that are held among them. */
  get known(): number {
    this.#forget();
    return this.#held.size + this.#away.size;
  }

  /** Notes a request that is held. */
  held(event: HeldRequest): void {
    const device = this.#device(event.user, event.deviceId);
    const { command, askedSeconds, heartbeatSeconds, sequence, heldSeconds } = event;
    if (event.deviceType !== "") device.deviceType = event.deviceType;
    const older = device.holds.find((hold) => hold.command === command);
    // A request that comes after a newer one ends at once, and the newer one is held.
    if (older !== undefined && older.sequence > sequence) return;
    device.seenMs = this.#now();
    const hold = {
      command,
      askedSeconds,
      heartbeatSeconds,
      sequence,
      sinceMs: device.seenMs - heldSeconds * 1_000,
    };
    device.holds = [...device.holds.filter((other) => other !== older), hold];
    if (older === undefined) this.#counts[command] += 1;
    this.#file(device);
  }

  /** Notes how a held request ended. */
  ended({ hold, kind, heldSeconds, pushMilliseconds }: EndedEvent): void {
    const device = this.#device(hold.user, hold.deviceId);
    const ended = device.holds.find(({ sequence }) => sequence === hold.sequence);
    if (ended !== undefined) {
      device.holds = device.holds.filter((other) => other !== ended);
      this.#counts[ended.command] -= 1;
    }
    device.outcomes = [{ kind, heldSeconds }, ...device.outcomes.slice(0, OUTCOMES - 1)];
    if (pushMilliseconds !== undefined) device.pushMilliseconds = pushMilliseconds;
    device.seenMs = this.#now();
    this.#file(device);
  }

  /** Notes the limit of a device's path, learned now, before the start or by others of its network. */
  learned({ user, deviceId, network, limit }: HeartbeatLearnedEvent): void {
    const device = this.#device(user, deviceId);
    const others = device.limits.filter((known) => known.network !== network);
    device.limits = limit === undefined ? others : [{ network, ...limit }, ...others].slice(0, NETWORKS);
    if (device.seenMs === 0) device.seenMs = this.#now();
    this.#file(device);
  }

  /** The piece of the list that a query asks for. */
  page(query: DeviceQuery): DevicePage {
    this.#forget();
    const devices = query.show === "held" ? this.#held.values() : this.#all();
    return selectDevices(devices, query, (device) => this.#describe(device));
  }

  *#all(): Generator<ObservedDevice> {
    yield* this.#held.values();
    yield* this.#away.values();
  }

  #describe({ holds, ...device }: ObservedDevice): DeviceStatus {
    return { ...device, node: this.#node, holds: holds.map(({ sequence: _, ...hold }) => hold) };
  }

  #device(user: string, deviceId: string): ObservedDevice {
    const key = keyOf(user, deviceId);
    return (
      this.#held.get(key) ??
      this.#away.get(key) ?? {
        user,
        deviceId,
        deviceType: "",
        holds: nothing,
        limits: nothing,
        outcomes: nothing,
        seenMs: 0,
        pushMilliseconds: undefined,
      }
    );
  }

  /** Puts a device where it belongs now: among those that are held, or at the end of the others. */
  #file(device: ObservedDevice): void {
    const key = keyOf(device.user, device.deviceId);
    this.#away.delete(key);
    if (device.holds.length > 0) {
      this.#held.set(key, device);
      return;
    }
    this.#held.delete(key);
    this.#away.set(key, device);
    this.#forget();
  }

  #forget(): void {
    const oldestMs = this.#now() - this.#memory.forgetAfterSeconds * 1_000;
    for (const [key, { seenMs }] of this.#away) {
      if (this.#away.size <= this.#memory.maxAway && seenMs >= oldestMs) break;
      this.#away.delete(key);
    }
  }
}

function keyOf(user: string, deviceId: string): string {
  // No user name and no device id contains a NUL.
  return [user, deviceId].join("\0");
}
