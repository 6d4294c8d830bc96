import type { PathLimit } from "./heartbeat-limit.js";
import { KNOWLEDGE_LASTS_SECONDS } from "./heartbeat-rules.js";
import { RecentlySet } from "./recently-set.js";

/** What the devices of a network say of it. */
export interface NetworkAdvice {
  readonly limit: PathLimit;
  /** Whether two devices found it independently: then it holds for others before they lose anything. */
  readonly isAgreed: boolean;
}

interface Report {
  readonly device: string;
  readonly limit: PathLimit;
}

/** Of how many devices a network keeps what they found; those that told last. */
const REPORTS_KEPT = 4;
/** Limits that differ by less are one. */
const AGREEMENT_SHARE = 1.15;

/** What devices found out about their networks, for those that come after them. Networks without a limit take no place here. */
export class HeartbeatNetworks {
  readonly #reports: RecentlySet<readonly Report[]>;

  /** @param maxNetworks how many networks are remembered, 1 or more; those reported last stay. */
  constructor(maxNetworks: number) {
    this.#reports = new RecentlySet(maxNetworks);
  }

  /** A device found the limit of its path itself; undefined: it found that there is none any more. */
  report(network: string, device: string, limit: PathLimit | undefined): void {
    const others = (this.#reports.get(network) ?? []).filter((report) => report.device !== device);
    const reports = limit === undefined ? others : [...others, { device, limit }].slice(-REPORTS_KEPT);
    this.#keep(network, reports);
  }

  /** An interval was carried that these limits deny. */
  carried(network: string, seconds: number): void {
    const reports = this.#reports.get(network);
    if (reports === undefined || reports.every(({ limit }) => limit.lostSeconds > seconds)) return;
    this.#keep(
      network,
      reports.filter(({ limit }) => limit.lostSeconds > seconds),
    );
  }

  /** What is known of a network; undefined when nothing is. */
  advice(network: string, nowSeconds: number): NetworkAdvice | undefined {
    const reports = this.#reports.get(network);
    if (reports === undefined) return undefined;
    const limits = reports
      .map(({ limit }) => limit)
      .filter((limit) => nowSeconds - limit.confirmedAtSeconds <= KNOWLEDGE_LASTS_SECONDS)
      .sort((one, other) => one.carriedSeconds - other.carriedSeconds);
    const agreed = limits.find(({ carriedSeconds }, index) => {
      const next = limits[index + 1];
      return next !== undefined && next.carriedSeconds <= carriedSeconds * AGREEMENT_SHARE;
    });
    const limit = agreed ?? limits.at(-1);
    return limit && { limit, isAgreed: agreed !== undefined };
  }

  #keep(network: string, reports: readonly Report[]): void {
    if (reports.length === 0) this.#reports.delete(network);
    else this.#reports.set(network, reports);
  }
}
