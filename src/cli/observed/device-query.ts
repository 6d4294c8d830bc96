import type { DeviceStatus } from "./device-status.js";

/** In which order devices are listed: by user and id; the longest held, the shortest heartbeat, or the last seen first. */
export type DeviceOrder = "name" | "held" | "heartbeat" | "seen";

/** Where a list goes on: behind the device of this place. */
export interface DevicePlace {
  /** What the order goes by before the names; 0 for the order by name. */
  readonly rank: number;
  readonly user: string;
  readonly deviceId: string;
}

/** Which devices are asked for. */
export interface DeviceQuery {
  /** A part of the user's name, or of the device's id or type, in any case; empty for all. */
  readonly text: string;
  /** `held`: those with a request that is held now. `known`: all that are remembered. */
  readonly show: "held" | "known";
  readonly order: DeviceOrder;
  /** Undefined for the beginning. */
  readonly after: DevicePlace | undefined;
  /** How many at the most. */
  readonly limit: number;
}

/** A piece of the list of devices, as plain data. */
export interface DevicePage {
  readonly rows: readonly DeviceStatus[];
  /** How many match the query, wherever the piece begins. */
  readonly matching: number;
  /** Whether more follow. */
  readonly hasMore: boolean;
}

/** What the order and the filter look at. */
export type Listed = Pick<DeviceStatus, "user" | "deviceId" | "deviceType" | "holds" | "seenMs">;

/** Stands behind all that are held. */
const NOT_HELD = Number.MAX_SAFE_INTEGER;

/** Where a device stands in an order. */
export function placeOf({ user, deviceId, holds, seenMs }: Listed, order: DeviceOrder): DevicePlace {
  return { rank: rankOf(holds, seenMs, order), user, deviceId };
}

function rankOf(holds: Listed["holds"], seenMs: number, order: DeviceOrder): number {
  switch (order) {
    case "name":
      return 0;
    case "held":
      return Math.min(NOT_HELD, ...holds.map(({ sinceMs }) => sinceMs));
    case "heartbeat":
      return Math.min(NOT_HELD, ...holds.map(({ heartbeatSeconds }) => heartbeatSeconds));
    case "seen":
      return -seenMs;
  }
}

/** Below 0 when the first of two places comes first; 0 for the same device in the same rank. */
export function comparePlaces(first: DevicePlace, second: DevicePlace): number {
  return (
    first.rank - second.rank ||
    compareTexts(first.user, second.user) ||
    compareTexts(first.deviceId, second.deviceId)
  );
}

function compareTexts(first: string, second: string): number {
  if (first === second) return 0;
  return first < second ? -1 : 1;
}

/**
 * The piece of the list that a query asks for, found in one pass that keeps no more than the piece.
 *
 * @param describe is called for the devices of the piece alone.
 */
export function selectDevices<Device extends Listed>(
  devices: Iterable<Device>,
  query: DeviceQuery,
  describe: (device: Device) => DeviceStatus,
): DevicePage {
  const { order, after, limit, show } = query;
  const text = query.text.toLowerCase();
  const kept: { readonly place: DevicePlace; readonly device: Device }[] = [];
  let matching = 0;
  let following = 0;
  for (const device of devices) {
    if ((show === "held" && device.holds.length === 0) || !matches(device, text)) continue;
    matching += 1;
    const place = placeOf(device, order);
    if (after !== undefined && comparePlaces(place, after) <= 0) continue;
    following += 1;
    const last = kept[limit - 1];
    if (last !== undefined && comparePlaces(place, last.place) >= 0) continue;
    kept.splice(placeToInsert(kept, place), 0, { place, device });
    if (kept.length > limit) kept.pop();
  }
  return { rows: kept.map(({ device }) => describe(device)), matching, hasMore: following > limit };
}

function matches({ user, deviceId, deviceType }: Listed, text: string): boolean {
  return text === "" || [user, deviceId, deviceType].some((name) => name.toLowerCase().includes(text));
}

function placeToInsert(kept: readonly { readonly place: DevicePlace }[], place: DevicePlace): number {
  let low = 0;
  let high = kept.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comparePlaces((kept[middle] as { place: DevicePlace }).place, place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The pieces of several nodes as one. A device that more than one node remembers is listed once: as held, where one holds it, else as
 * it was seen last.
 */
export function mergePages(pages: readonly DevicePage[], { order, limit }: DeviceQuery): DevicePage {
  const newest = new Map<string, DeviceStatus>();
  let matching = 0;
  for (const page of pages) {
    matching += page.matching;
    for (const row of page.rows) {
      const key = JSON.stringify([row.user, row.deviceId]);
      const other = newest.get(key);
      if (other !== undefined) matching -= 1;
      if (other === undefined || isNewer(row, other)) newest.set(key, row);
    }
  }
  const rows = [...newest.values()].sort((a, b) => comparePlaces(placeOf(a, order), placeOf(b, order)));
  const hasMore = rows.length > limit || pages.some((page) => page.hasMore);
  return { rows: rows.slice(0, limit), matching, hasMore };
}

function isNewer(row: DeviceStatus, other: DeviceStatus): boolean {
  if (row.holds.length > 0 !== other.holds.length > 0) return row.holds.length > 0;
  return row.seenMs > other.seenMs;
}
