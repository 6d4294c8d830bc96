import type { Random } from "../simulation/random.js";

/** What becomes of one connection on a network. Drawn once, when a request is sent. */
export interface ConnectionFate {
  /** What the device knows of the network that it is on: the SSID or the carrier. */
  readonly network: string;
  /** The client's address as the server sees it. */
  readonly address: string;
  /** Seconds without a byte after which the path forgets the connection; Infinity for never. */
  readonly idleLimitSeconds: number;
  /**
   * What happens then. `silent`: both ends keep what they believe to be a connection, and an answer is lost. `cut`: both ends see it closed.
   * `gateway-timeout`: the device gets HTTP 504, the server sees it closed.
   */
  readonly end: "silent" | "cut" | "gateway-timeout";
  /** When the connection is lost for another reason (coverage, a roam), in seconds from the request; Infinity for not at all. Silent. */
  readonly lostAfterSeconds: number;
}

/** A network as a simulation needs it. */
export interface NetworkModel {
  readonly name: string;
  /** What becomes of a connection that is opened at `atSeconds` after the simulation's begin. */
  connect(atSeconds: number, random: Random): ConnectionFate;
  /**
   * The longest interval that would have been carried at `atSeconds`, as an all-knowing device would choose it; Infinity where there is no limit.
   * Loss of coverage does not count.
   */
  idealSeconds(atSeconds: number): number;
}
