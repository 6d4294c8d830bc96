import type { Clock } from "../clock.js";
import type { SourceCall } from "./coordinator-observer.js";
import type { EventLoopTurns } from "./event-loop-turns.js";
import { GatheringWindow } from "./gathering-window.js";
import type { HoldFolder, HoldOutcome } from "./hold.js";
import type { Arrival, OnChange } from "./mailbox-change-source.js";
import { SlicedQueue } from "./sliced-queue.js";
import type { SourceWatches } from "./source-watches.js";
import type { Suspects, WaitingHold } from "./waiting-hold.js";

/** A mail dated no further from now is in every filter window: the shortest is a day. */
const ARRIVES_NOW_MS = 12 * 3_600_000;

/** What a {@link ChangeWatcher} works with. */
export interface ChangeWatcherOptions {
  readonly watches: SourceWatches;
  readonly clock: Clock;
  /** Of the event loop, shared with the queue of answers. */
  readonly turns: EventLoopTurns;
  readonly gatherMs: number;
  readonly wakeSliceSize: number;
  /** Ends a hold; called for a hold that has ended already, it does nothing. */
  readonly end: (hold: WaitingHold, outcome: HoldOutcome) => void;
  readonly sourceFailed: (error: unknown, call: SourceCall) => void;
}

/**
 * The side of the coordinator that speaks to integrator code: arms a hold's watch, gathers its changes, and asks whether they
 * concern the device. Every call is bounded in time, and nothing of it is kept while a hold waits.
 */
export class ChangeWatcher {
  readonly #options: ChangeWatcherOptions;
  readonly #watches: SourceWatches;
  readonly #window: GatheringWindow<WaitingHold>;
  readonly #woken: SlicedQueue<WaitingHold>;

  constructor(options: ChangeWatcherOptions) {
    this.#options = options;
    this.#watches = options.watches;
    this.#woken = new SlicedQueue(options.turns, options.wakeSliceSize, (hold) => this.#gathered(hold));
    this.#window = new GatheringWindow(options.clock, options.gatherMs, (hold) => this.#woken.push(hold));
  }

  /**
   * Watches a new hold's folders, then looks for what changed before. Never throws, never rejects.
   *
   * @param onChange calls `notified` with this hold; made by the caller, whose other closure of the hold it shares its memory with.
   */
  async arm(hold: WaitingHold, onChange: OnChange): Promise<void> {
    const { mailbox, folders } = hold.request;
    if (folders.length === 0) return;
    let call: SourceCall = "watch";
    try {
      await this.#watches.open(hold, onChange);
      if (hold.hasEnded) return;
      call = "marker";
      // Only now, with the watch open: a change between an earlier look and the watch would be seen by neither.
      const markers = await this.#watches.markers(mailbox, folders);
      if (!hold.hasEnded) this.#compare(hold, markers);
    } catch (error) {
      this.#fail(hold, error, call);
    }
  }

  /** The source tells of a change: of any folder, at any time, any number of times. */
  notified(hold: WaitingHold, folder: string, told?: Arrival | "perhaps"): void {
    if (hold.hasEnded) return;
    const watched = hold.watched(folder);
    if (watched === undefined) return;
    if (told === "perhaps") {
      this.#perhapsChanged(hold, watched);
      return;
    }
    const arrival = told;
    if (arrival !== undefined && hold.isArmed && watched.isMail === true && this.#arrivesNow(arrival)) {
      // Told late, of a mail that the device has.
      if (arrival.marker === watched.marker) return;
      hold.suspects?.delete(folder);
      this.#certain(hold, folder);
      this.#gather(hold);
    } else this.#suspect(hold, folder, undefined);
    hold.wakeReason ??= "notified";
    hold.toldAtMs ??= this.#options.clock.monotonicNow();
  }

  /** At the end of the interval: whether a change is known that must be confirmed first. Starts what is not being confirmed yet. */
  hurry(hold: WaitingHold): boolean {
    if (hold.stage === "gathering") this.#woken.push(hold);
    return hold.stage !== "waiting";
  }

  /** Stops a hold's watch if it is open; one that opens later is stopped then. */
  stop(hold: WaitingHold): void {
    this.#watches.stop(hold);
  }

  /** Forgets the changes that are being gathered. For the end, when no hold is left. */
  clear(): void {
    this.#window.clear();
  }

  #compare(hold: WaitingHold, markers: readonly string[]): void {
    hold.request.folders.forEach(({ folder, marker }, index) => {
      const present = markers[index];
      if (marker !== undefined && marker === present) return;
      this.#suspect(hold, folder, present);
      hold.wakeReason = "pending";
    });
    hold.isArmed = true;
  }

  #perhapsChanged(hold: WaitingHold, { folder, marker }: HoldFolder): void {
    // The comparison of a hold that is not armed yet may have been made before what was missed: then only the device's state tells.
    if (hold.isArmed && marker !== undefined && hold.baselines?.get(folder) === undefined) {
      hold.baselines ??= new Map();
      hold.baselines.set(folder, marker);
    }
    this.#suspect(hold, folder, undefined);
    hold.wakeReason ??= "notified";
    hold.toldAtMs ??= this.#options.clock.monotonicNow();
  }

  #arrivesNow({ dateReceivedMs }: Arrival): boolean {
    return Math.abs(this.#options.clock.now() - dateReceivedMs) <= ARRIVES_NOW_MS;
  }

  /** A folder's change concerns the device, while other folders may still be asked about. */
  #certain(hold: WaitingHold, folder: string): void {
    if (hold.confirmed === undefined) {
      hold.confirmed = [folder];
      // A slow answer about another folder must not delay this one by more than the window.
      if (hold.stage === "confirming") this.#window.add(hold);
    } else if (!hold.confirmed.includes(folder)) hold.confirmed.push(folder);
  }

  #suspect(hold: WaitingHold, folder: string, marker: string | undefined): void {
    hold.suspects ??= new Map();
    hold.suspects.set(folder, marker ?? hold.suspects.get(folder));
    this.#gather(hold);
  }

  #gather(hold: WaitingHold): void {
    if (hold.stage !== "waiting") return;
    hold.stage = "gathering";
    this.#window.add(hold);
  }

  /** The window of a hold has closed: a first time to ask, a second time to answer with what is confirmed by then. */
  #gathered(hold: WaitingHold): void {
    if (hold.hasEnded) return;
    const { stage, suspects } = hold;
    if (stage === "gathering" && suspects !== undefined && suspects.size > 0) {
      void this.#confirm(hold, suspects);
    } else this.#endChanged(hold);
  }

  async #confirm(hold: WaitingHold, suspects: Suspects): Promise<void> {
    hold.stage = "confirming";
    hold.suspects = undefined;
    if (hold.confirmed !== undefined) this.#window.add(hold);
    try {
      await this.#watches.question("HoldRequest.confirm", () => this.#confirmAll(hold, suspects));
      if (hold.hasEnded || this.#endChanged(hold)) return;
      this.#waitOn(hold);
    } catch (error) {
      if (!this.#endChanged(hold)) this.#fail(hold, error, "confirm");
    }
  }

  #confirmAll(hold: WaitingHold, suspects: Suspects): Promise<void> {
    const [first] = suspects;
    return first !== undefined && suspects.size === 1
      ? this.#confirmOne(hold, ...first)
      : this.#confirmSeveral(hold, suspects);
  }

  async #confirmOne(hold: WaitingHold, folder: string, marker: string | undefined): Promise<void> {
    if (!(await this.#concernsDevice(hold, folder, marker)) || hold.hasEnded) return;
    if (hold.confirmed === undefined) hold.confirmed = [folder];
    else this.#certain(hold, folder);
  }

  async #confirmSeveral(hold: WaitingHold, suspects: Suspects): Promise<void> {
    const failures: unknown[] = [];
    const ask = async ([folder, marker]: readonly [string, string | undefined]): Promise<void> => {
      try {
        if ((await this.#concernsDevice(hold, folder, marker)) && !hold.hasEnded) this.#certain(hold, folder);
      } catch (error) {
        failures.push(error);
      }
    };
    await Promise.all([...suspects].map(ask));
    if (hold.confirmed === undefined && failures.length > 0) throw failures[0];
  }

  async #concernsDevice(hold: WaitingHold, folder: string, marker: string | undefined): Promise<boolean> {
    const { mailbox } = hold.request;
    // A folder that was confirmed in vain before may belong to a source that calls too often: its marker is cheaper to ask. It is
    // read before the question, so that a change during the question makes it differ the next time.
    let present = marker;
    if (present === undefined && hold.baselines?.has(folder) === true) {
      present = await this.#watches.marker(mailbox, folder);
      if (hold.hasEnded || present === hold.baselines?.get(folder)) return false;
    }
    const concerns = await hold.request.confirm(folder);
    if (!concerns && !hold.hasEnded) {
      hold.baselines ??= new Map();
      hold.baselines.set(folder, present);
    }
    return concerns;
  }

  #waitOn(hold: WaitingHold): void {
    hold.stage = "waiting";
    hold.wakeReason = undefined;
    if (hold.suspects === undefined) {
      hold.toldAtMs = undefined;
      if (hold.isOverdue) this.#options.end(hold, { kind: "expired" });
      return;
    }
    hold.stage = "gathering";
    hold.wakeReason = "notified";
    if (hold.isOverdue) this.#woken.push(hold);
    else this.#window.add(hold);
  }

  #endChanged(hold: WaitingHold): boolean {
    const { confirmed } = hold;
    if (hold.hasEnded || confirmed === undefined || confirmed.length === 0) return false;
    this.#options.end(hold, { kind: "changed", folders: inOrderOf(hold, confirmed) });
    return true;
  }

  #fail(hold: WaitingHold, error: unknown, call: SourceCall): void {
    if (hold.hasEnded) return;
    this.#options.sourceFailed(error, call);
    const wasHeld = call === "confirm" && hold.wakeReason !== "pending";
    this.#options.end(hold, { kind: "failed", error, wasHeld });
  }
}

function inOrderOf(hold: WaitingHold, confirmed: readonly string[]): readonly string[] {
  if (confirmed.length === 1) return confirmed;
  const known = new Set(confirmed);
  return hold.request.folders.map(({ folder }) => folder).filter((id) => known.has(id));
}
