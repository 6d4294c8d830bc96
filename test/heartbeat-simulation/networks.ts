import type { Random } from "../simulation/random.js";
import type { ConnectionFate, NetworkModel } from "./network-model.js";

/** A network of which the simulation also knows where its device is: a phone sees its own interface change. */
export interface MappedNetwork extends NetworkModel {
  /** The name of the network that the device is on at `atSeconds`. */
  networkAt(atSeconds: number): string;
}

/** One place that a device can be at. */
interface Place {
  readonly network: string;
  readonly address: string;
  readonly end: ConnectionFate["end"];
  /** The least and the most of the limits that are drawn for a connection; equal for a limit that is fixed. */
  readonly limitSeconds: readonly [least: number, most: number];
  /** The mean time to a chance loss; Infinity for none. */
  readonly meanLossSeconds: number;
}

/** From `fromSeconds` of each period on, the device is at this place. */
interface Stay {
  readonly fromSeconds: number;
  readonly place: Place;
}

const minute = 60;
const hour = 3600;
const day = 24 * hour;
const week = 7 * day;

const fixed = (seconds: number): Place["limitSeconds"] => [seconds, seconds];
const unlimited = fixed(Number.POSITIVE_INFINITY);

const cellular: Place = {
  network: "cellular",
  address: "203.0.113.7",
  end: "silent",
  limitSeconds: fixed(13 * minute),
  meanLossSeconds: Number.POSITIVE_INFINITY,
};
const home: Place = { ...cellular, network: "home", address: "198.51.100.4", limitSeconds: unlimited };
const office: Place = {
  ...cellular,
  network: "office",
  address: "192.0.2.9",
  end: "gateway-timeout",
  limitSeconds: fixed(minute),
};

/** A path's own end of things, drawn for a connection that is opened here. */
function fateAt(place: Place, random: Random): Omit<ConnectionFate, "network" | "address"> {
  const [least, most] = place.limitSeconds;
  return {
    idleLimitSeconds: least === most ? least : least + random.next() * (most - least),
    end: place.end,
    lostAfterSeconds:
      place.meanLossSeconds === Number.POSITIVE_INFINITY
        ? Number.POSITIVE_INFINITY
        : random.exponential(place.meanLossSeconds),
  };
}

/** The stay that `atSeconds` falls into, and the seconds until the next one at which the network has another name. */
function stayAt(stays: readonly Stay[], period: number, atSeconds: number): [Place, leavesIn: number] {
  const within = atSeconds % period;
  const index = stays.findLastIndex((stay) => stay.fromSeconds <= within);
  const here = stays[index]?.place ?? cellular;
  for (let step = 1; step <= stays.length; step++) {
    const next = stays[(index + step) % stays.length];
    if (next === undefined || next.place.network === here.network) continue;
    const leaves = next.fromSeconds + (index + step >= stays.length ? period : 0);
    return [here, leaves - within];
  }
  return [here, Number.POSITIVE_INFINITY];
}

/**
 * A network whose places follow a timetable; the first stay begins with the period. A device that leaves for a place of another name loses
 * its connection; where only the limit changes, a connection keeps the one that it was opened with.
 */
function timetable(name: string, period: number, stays: readonly Stay[]): MappedNetwork {
  return {
    name,
    connect(atSeconds, random) {
      const [place, leavesIn] = stayAt(stays, period, atSeconds);
      const fate = fateAt(place, random);
      return {
        ...fate,
        network: place.network,
        address: place.address,
        lostAfterSeconds: Math.min(fate.lostAfterSeconds, leavesIn),
      };
    },
    idealSeconds: (atSeconds) => stayAt(stays, period, atSeconds)[0].limitSeconds[0],
    networkAt: (atSeconds) => stayAt(stays, period, atSeconds)[0].network,
  };
}

/** A network that is the same for ever. */
export function steady(name: string, traits: Partial<Place>): MappedNetwork {
  const place: Place = { ...cellular, ...traits };
  const { network, address } = place;
  return {
    name,
    connect: (_atSeconds, random) => ({ ...fateAt(place, random), network, address }),
    idealSeconds: () => place.limitSeconds[0],
    networkAt: () => network,
  };
}

const limited = (limitSeconds: number): Place => ({ ...cellular, limitSeconds: fixed(limitSeconds) });

/** Five days at the office from 9 to 17, an hour's way there and back, and home else. Day 0 is a Monday. */
function workingWeek(way: Place, work: Place): readonly Stay[] {
  const workdays = [0, 1, 2, 3, 4].flatMap((index) => [
    { fromSeconds: index * day + 8 * hour, place: way },
    { fromSeconds: index * day + 9 * hour, place: work },
    { fromSeconds: index * day + 17 * hour, place: way },
    { fromSeconds: index * day + 18 * hour, place: home },
  ]);
  return [{ fromSeconds: 0, place: home }, ...workdays];
}

/** The networks that strategies and the server's learning are tried on. An interval equal to the limit is carried. */
export const networks: readonly MappedNetwork[] = [
  steady("30 s, silent", { limitSeconds: fixed(30) }),
  steady("60 s proxy (504)", { limitSeconds: fixed(minute), end: "gateway-timeout" }),
  steady("2 min, silent", { limitSeconds: fixed(2 * minute) }),
  steady("4 min load balancer (cut)", { limitSeconds: fixed(4 * minute), end: "cut" }),
  steady("5 min, silent", { limitSeconds: fixed(5 * minute) }),
  steady("8 min, silent", { limitSeconds: fixed(8 * minute) }),
  steady("13 min, silent", {}),
  steady("20 min, silent", { limitSeconds: fixed(20 * minute) }),
  steady("29 min, silent", { limitSeconds: fixed(29 * minute) }),
  steady("no limit", { limitSeconds: unlimited }),
  steady("10 to 15 min, jittered", { limitSeconds: [10 * minute, 15 * minute] }),
  steady("25 to 30 min, jittered", { limitSeconds: [25 * minute, 30 * minute] }),
  timetable("Wi-Fi by night, 13 min by day", day, [
    { fromSeconds: 0, place: home },
    { fromSeconds: 8 * hour, place: cellular },
    { fromSeconds: 20 * hour, place: home },
  ]),
  timetable(
    "office proxy 60 s, way 29 min, home",
    week,
    workingWeek({ ...cellular, limitSeconds: fixed(29 * minute) }, office),
  ),
  timetable("29, then 9, then 20 min", week, [
    { fromSeconds: 0, place: limited(29 * minute) },
    { fromSeconds: 2 * day, place: limited(9 * minute) },
    { fromSeconds: 4 * day, place: limited(20 * minute) },
  ]),
  timetable("13 min and none, told apart by none", day, [
    { fromSeconds: 0, place: { ...home, network: "cellular" } },
    { fromSeconds: 8 * hour, place: cellular },
    { fromSeconds: 20 * hour, place: { ...home, network: "cellular" } },
  ]),
  steady("no limit, lost every 4 h", { limitSeconds: unlimited, meanLossSeconds: 4 * hour }),
  steady("13 min, lost every 3 h", { meanLossSeconds: 3 * hour }),
];
