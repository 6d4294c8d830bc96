import { boundedCall } from "../bounded-call.js";
import type { Clock } from "../clock.js";
import type { HoldOutcome } from "./hold.js";
import type { HoldPeers, HoldPeersListener } from "./hold-peers.js";
import { inMicrotask } from "./in-microtask.js";
import { RecentlySet } from "./recently-set.js";
import { spreadOver } from "./spread-over.js";
import type { WaitingHold } from "./waiting-hold.js";

/** What {@link PeerClaims} work with. */
export interface PeerClaimsOptions {
  readonly peers: HoldPeers;
  readonly clock: Clock;
  /** Longest wait for the others with an answer, in milliseconds, above 0. */
  readonly callTimeoutMs: number;
  /** What this process holds, by key. */
  readonly holds: ReadonlyMap<string, WaitingHold>;
  /** Ends a hold; called for a hold that has ended already, it does nothing. */
  readonly end: (hold: WaitingHold, outcome: HoldOutcome) => void;
  /** Ends what this process holds for a device. */
  readonly recall: (user: string, deviceId: string) => void;
  readonly peersFailed: (error: unknown) => void;
}

/** A claim that was made lately, or is under way. */
interface Claim {
  /** Of the request that it was made for. */
  readonly sequence: number;
  /** 0 while it is under way, and when it failed. */
  number: number;
  /** Numbers that are overtaken, heard while the claim was under way: it may turn out to be one of them. */
  overtakenMeanwhile: number[] | undefined;
  isOvertaken: boolean;
}

/** A hold with how it ends if no newer request of the device came to another process. */
interface Ending {
  readonly hold: WaitingHold;
  readonly outcome: HoldOutcome;
}

/**
 * Ends holds for which a newer request of the device came to another process. Each hold claims its key, and holds on while that is
 * under way or fails: the others can end a hold by saying that they took over, and by nothing else.
 */
export class PeerClaims implements HoldPeersListener {
  readonly #options: PeerClaimsOptions;
  readonly #recent = new RecentlySet<Claim>(10_000);
  readonly #stopListening: () => void;
  #stopComparing: () => void = () => {};
  /** What is asked about at the end of the present call. */
  #endings: Ending[] = [];

  constructor(options: PeerClaimsOptions) {
    this.#options = options;
    this.#stopListening = options.peers.listen(this);
  }

  /** Claims the key for a request of this process, which may be held or not. */
  claim(key: string, sequence: number): void {
    const claim = { sequence, number: 0, overtakenMeanwhile: undefined, isOvertaken: false };
    this.#recent.set(key, claim);
    void this.#ask(key, claim);
  }

  /** Claims the key for a hold that begins, unless its request did so when it came. */
  claimFor(hold: WaitingHold): void {
    const { key, request } = hold;
    const claim = this.#recent.get(key);
    if (claim?.sequence !== request.sequence) this.claim(key, request.sequence);
    else if (claim.isOvertaken) this.#options.end(hold, { kind: "superseded" });
    else hold.claim = claim.number;
  }

  /**
   * Ends a hold, as superseded if a newer request of the device is known elsewhere: the message that says so may be under way, or lost. While
   * that is asked the hold goes on, and where it cannot be told it ends as given.
   */
  endUnlessOvertaken(hold: WaitingHold, outcome: HoldOutcome): void {
    if (hold.claim === 0) {
      this.#options.end(hold, outcome);
      return;
    }
    this.#endings.push({ hold, outcome });
    if (this.#endings.length === 1) inMicrotask(() => void this.#endAll());
  }

  /** Hears nothing more of the others. */
  close(): void {
    this.#stopListening();
    this.#stopComparing();
  }

  overtaken(key: string, number: number): void {
    const claim = this.#recent.get(key);
    if (claim?.number === 0) {
      claim.overtakenMeanwhile ??= [];
      claim.overtakenMeanwhile.push(number);
    } else if (claim?.number === number) claim.isOvertaken = true;
    const hold = this.#options.holds.get(key);
    if (hold?.claim === number) this.#options.end(hold, { kind: "superseded" });
  }

  recalled(user: string, deviceId: string): void {
    this.#options.recall(user, deviceId);
  }

  restored(): void {
    const { holds, peers, clock } = this.#options;
    this.#stopComparing();
    const { spreadMs } = peers;
    const spreading = { clock, spreadMs, random: () => peers.random() };
    this.#stopComparing = spreadOver([...holds.values()], spreading, (slice) => void this.#compare(slice));
  }

  async #ask(key: string, claim: Claim): Promise<void> {
    try {
      claim.number = await this.#options.peers.claim(key);
    } catch (error) {
      this.#options.peersFailed(error);
      return;
    }
    claim.isOvertaken = claim.overtakenMeanwhile?.includes(claim.number) === true;
    claim.overtakenMeanwhile = undefined;
    const hold = this.#options.holds.get(key);
    // A newer claim of this process says what the hold's is.
    if (hold === undefined || this.#recent.get(key) !== claim) return;
    if (claim.isOvertaken) this.#options.end(hold, { kind: "superseded" });
    else hold.claim = claim.number;
  }

  async #endAll(): Promise<void> {
    const endings = this.#endings.filter(({ hold }) => !hold.hasEnded);
    this.#endings = [];
    if (endings.length === 0) return;
    const { peers, clock, callTimeoutMs, peersFailed, end } = this.#options;
    const asked = endings.map(({ hold }) => hold.claim);
    const keys = endings.map(({ hold }) => hold.key);
    let newest: readonly (number | undefined)[] = [];
    try {
      newest = await boundedCall(() => peers.claimed(keys), callTimeoutMs, "Relay.claimed", clock);
    } catch (error) {
      peersFailed(error);
    }
    endings.forEach(({ hold, outcome }, index) => {
      const present = newest[index];
      const isOvertaken = present !== undefined && hold.claim === asked[index] && present !== hold.claim;
      end(hold, isOvertaken ? { kind: "superseded" } : outcome);
    });
  }

  /** Messages may have been lost: whose claim is not the newest any more was overtaken meanwhile. */
  async #compare(slice: readonly WaitingHold[]): Promise<void> {
    const held = slice.filter(({ hasEnded }) => !hasEnded);
    const asked = held.map(({ claim }) => claim);
    let newest: readonly (number | undefined)[];
    try {
      newest = await this.#options.peers.claimed(held.map(({ key }) => key));
    } catch (error) {
      // The next interruption's end compares again.
      this.#options.peersFailed(error);
      return;
    }
    held.forEach((hold, index) => {
      // A claim that was answered meanwhile is newer than what was asked for.
      if (hold.hasEnded || hold.claim !== asked[index]) return;
      const present = newest[index];
      if (present !== undefined && hold.claim !== 0 && present !== hold.claim) {
        this.#options.end(hold, { kind: "superseded" });
      } else if (present !== hold.claim) this.#claimLate(hold);
    });
  }

  /** The claim failed when the hold began, or the others forgot it. */
  #claimLate(hold: WaitingHold): void {
    hold.claim = 0;
    this.claim(hold.key, hold.request.sequence);
  }
}
