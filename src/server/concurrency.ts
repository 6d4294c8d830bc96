/** How many requests of one user, and of one device, may be under way at once. */
export interface ConcurrencyLimits {
  readonly maxConcurrentPerUser: number;
  readonly maxConcurrentPerDevice: number;
}

/**
 * Counts the requests that are worked on, by device, and those that are worked on or held, by user. The coordinator keeps one held request
 * of a device and a command, so held ones need no count by device.
 */
export class ConcurrencyCeilings {
  readonly #limits: ConcurrencyLimits;
  readonly #users = new Map<string, number>();
  readonly #devices = new Map<string, number>();

  constructor(limits: ConcurrencyLimits) {
    this.#limits = limits;
  }

  /** Counts one more request, or returns false and counts nothing when a ceiling is reached. */
  enter(user: string, deviceId: string): boolean {
    const device = deviceKey(user, deviceId);
    if ((this.#users.get(user) ?? 0) >= this.#limits.maxConcurrentPerUser) return false;
    if ((this.#devices.get(device) ?? 0) >= this.#limits.maxConcurrentPerDevice) return false;
    add(this.#users, user, 1);
    add(this.#devices, device, 1);
    return true;
  }

  /** A request that was counted is no longer worked on, because it is answered, given up, or held from now on. */
  leaveDevice(user: string, deviceId: string): void {
    add(this.#devices, deviceKey(user, deviceId), -1);
  }

  /** A request that was counted is over. */
  leaveUser(user: string): void {
    add(this.#users, user, -1);
  }

  /** Users and devices that are counted at present, for tests. */
  get size(): number {
    return this.#users.size + this.#devices.size;
  }
}

function deviceKey(user: string, deviceId: string): string {
  return `${deviceId} ${user}`;
}

function add(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
