import { likelyCulprits } from "./likely-culprits.js";
import { ageTolerance } from "./repeated-age.js";

/** Something ends held requests at one age. */
export interface CutFinding {
  readonly seconds: number;
  /** Where: what the option `network` names, which is the proxy where the server does not see behind it. Undefined: on several networks, so on the server's own side. */
  readonly network: string | undefined;
  /** On how many networks it was seen. */
  readonly networks: number;
  /** What has this limit unless it was told another. */
  readonly likelyCulprits: readonly string[];
}

/** Networks with a cut that are remembered; those seen last. */
const NETWORKS_KEPT = 1_000;
/** On so many networks one age is no coincidence: they share what is in front of the server. */
const SHARED_BY = 3;

/** Names what cuts held requests, from the cuts that were found on single paths. Each is told once. */
export class CutSurvey {
  readonly #agesByNetwork = new Map<string, number>();
  #sharedAges: readonly number[] = [];

  /** The path of a device through this network is cut at this age. Returns what is news. */
  note(network: string, seconds: number): CutFinding | undefined {
    const known = this.#agesByNetwork.get(network);
    this.#keep(network, seconds);
    if (this.#isShared(seconds)) return undefined;
    const networks = [...this.#agesByNetwork.values()].filter((age) => isOne(age, seconds)).length;
    if (networks >= SHARED_BY) {
      this.#sharedAges = [...this.#sharedAges, seconds];
      return finding(seconds, undefined, networks);
    }
    return known !== undefined && isOne(known, seconds) ? undefined : finding(seconds, network, 1);
  }

  #isShared(seconds: number): boolean {
    return this.#sharedAges.some((age) => isOne(age, seconds));
  }

  #keep(network: string, seconds: number): void {
    this.#agesByNetwork.delete(network);
    this.#agesByNetwork.set(network, seconds);
    if (this.#agesByNetwork.size <= NETWORKS_KEPT) return;
    for (const longestAgo of this.#agesByNetwork.keys()) {
      this.#agesByNetwork.delete(longestAgo);
      return;
    }
  }
}

function finding(seconds: number, network: string | undefined, networks: number): CutFinding {
  return { seconds, network, networks, likelyCulprits: likelyCulprits(seconds) };
}

function isOne(age: number, other: number): boolean {
  return Math.abs(age - other) <= ageTolerance(age);
}
