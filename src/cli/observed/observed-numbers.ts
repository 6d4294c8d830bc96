import { commands } from "../../commands/index.js";
import type { DirectPushEvent, EndedEvent, RequestEvent, SourceFailedEvent } from "../../events.js";
import type { HeldRequest } from "../../push/coordinator-observer.js";
import {
  addCounts,
  bump,
  CommandCounts,
  type CommandNumbers,
  type Counts,
  type EndKind,
  HEARTBEAT_SECONDS,
} from "./command-counts.js";
import { addHistograms, Histogram, type HistogramCounts } from "./histogram.js";
import { SecondCounts, type SecondSeries } from "./second-counts.js";

/** Bounds of the push histogram, in seconds: from a change to its answer. */
const PUSH_SECONDS = [0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;
/** Bounds of the histogram of how long requests were held, in seconds. */
const HELD_SECONDS = [1, 10, 30, ...HEARTBEAT_SECONDS] as const;

/** What is counted besides requests, ends and items. */
export type Happening =
  | "dropped"
  | "heartbeatsRefused"
  | "authenticationRefused"
  | "devicesRefused"
  | "throttled"
  | "requestsFailed"
  | "itemsSkipped"
  | "wipesDone"
  | "replays"
  | "heartbeatsShort"
  | "connectionsCut";

/** What is counted by the second. */
export type Rate = "requests" | "held" | EndKind;

/** What became of items in Syncs. */
export type ItemFate = "added" | "changed" | "deleted" | "applied";

/** Counts since a process began, as plain data. */
export interface NumbersSnapshot {
  /** By command, then by HTTP status. Commands that do not exist are `other`; requests whose query could not be read `unread`. */
  readonly requests: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Bytes of answers' bodies. */
  readonly responseBytes: number;
  /** Held requests that have ended, by how. */
  readonly ended: Readonly<Partial<Record<EndKind, number>>>;
  readonly happened: Readonly<Partial<Record<Happening, number>>>;
  /** By the call that failed. */
  readonly sourceFailures: Readonly<Partial<Record<SourceFailedEvent["call"], number>>>;
  readonly items: Readonly<Partial<Record<ItemFate, number>>>;
  /** From a change to its answer, in seconds. */
  readonly pushSeconds: HistogramCounts;
  /** The intervals that requests were held for, in seconds. */
  readonly heartbeatSeconds: HistogramCounts;
  /** How long requests were held, in seconds. */
  readonly heldSeconds: HistogramCounts;
  /** The last minute by the second; a rate that never was has no entry. */
  readonly perSecond: Readonly<Partial<Record<Rate, SecondSeries>>>;
}

/** Names that come from the network are not counted by name. */
const knownCommands: ReadonlySet<string> = new Set([
  ...commands.map(({ name }) => name),
  "OPTIONS",
  "Autodiscover",
]);

/** Counts what a server tells of itself. Its size is fixed but for what is held, whatever comes. */
export class ObservedNumbers {
  readonly #now: () => number;
  readonly #commands = new Map<string, CommandCounts>();
  /** Requests that were held, until they are answered or dropped. */
  readonly #waited = new Set<number>();
  readonly #happened: Counts<Happening> = {};
  readonly #sourceFailures: Counts<SourceFailedEvent["call"]> = {};
  readonly #items: Counts<ItemFate> = {};
  readonly #pushSeconds = new Histogram(PUSH_SECONDS);
  readonly #heldSeconds = new Histogram(HELD_SECONDS);
  readonly #perSecond: Partial<Record<Rate, SecondCounts>> = {};

  /** @param now milliseconds since the Unix epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts a request that was answered. */
  request({ command, status, responseBytes, milliseconds, sequence }: RequestEvent): void {
    const wasHeld = this.#waited.delete(sequence);
    this.#of(command).answered(status, responseBytes, wasHeld ? undefined : milliseconds / 1_000);
    this.#second("requests");
  }

  /** Counts a request whose client went away before the answer. */
  dropped({ command, sequence }: DirectPushEvent<"dropped">): void {
    this.#waited.delete(sequence);
    this.#of(command).dropped();
  }

  /** Counts a request that is held from now on. */
  held({ command, heartbeatSeconds, sequence }: HeldRequest): void {
    this.#waited.add(sequence);
    this.#of(command).held(heartbeatSeconds);
    this.#second("held");
  }

  /** Counts a held request that has ended. */
  ended({ hold, kind, heldSeconds, pushMilliseconds }: EndedEvent): void {
    this.#of(hold.command).ended(kind);
    this.#heldSeconds.observe(heldSeconds);
    if (pushMilliseconds !== undefined) this.#pushSeconds.observe(pushMilliseconds / 1_000);
    this.#second(kind);
  }

  /** Counts what has no more to it than that it happened. */
  happened(what: Happening): void {
    bump(this.#happened, what);
  }

  /** Counts a call that failed; what the error says stays where it is. */
  sourceFailed({ call }: SourceFailedEvent): void {
    bump(this.#sourceFailures, call);
  }

  /** Counts the items of a Sync. */
  synced(event: DirectPushEvent<"syncServed">): void {
    const { added, changed, deleted, softDeleted, applied, replay } = event;
    bump(this.#items, "added", added);
    bump(this.#items, "changed", changed);
    bump(this.#items, "deleted", deleted + softDeleted);
    bump(this.#items, "applied", applied);
    if (replay) this.happened("replays");
  }

  /** A copy of what is counted of each command. */
  commands(): ReadonlyMap<string, CommandNumbers> {
    return new Map([...this.#commands].map(([name, counts]) => [name, counts.snapshot()]));
  }

  /** A copy of all counts, those of the commands together. */
  snapshot(): NumbersSnapshot {
    const nowMs = this.#now();
    const commands = this.commands();
    const all = [...commands.values()];
    const dropped = all.reduce((sum, counts) => sum + counts.dropped, 0);
    const perSecond: Partial<Record<Rate, SecondSeries>> = {};
    for (const [rate, counts] of Object.entries(this.#perSecond))
      perSecond[rate as Rate] = counts.series(nowMs);
    return {
      requests: answersOf(commands),
      responseBytes: all.reduce((sum, { responseBytes }) => sum + responseBytes, 0),
      ended: addCounts(all.map(({ ended }) => ended)),
      happened: { ...this.#happened, ...(dropped > 0 && { dropped }) },
      sourceFailures: { ...this.#sourceFailures },
      items: { ...this.#items },
      pushSeconds: this.#pushSeconds.counts(),
      heartbeatSeconds: addHistograms(
        new Histogram(HEARTBEAT_SECONDS).counts(),
        all.map(({ heartbeatSeconds }) => heartbeatSeconds),
      ),
      heldSeconds: this.#heldSeconds.counts(),
      perSecond,
    };
  }

  #of(command: string | undefined): CommandCounts {
    const name = command === undefined ? "unread" : knownCommands.has(command) ? command : "other";
    const counts = this.#commands.get(name) ?? new CommandCounts();
    this.#commands.set(name, counts);
    return counts;
  }

  #second(rate: Rate): void {
    const nowMs = this.#now();
    this.#perSecond[rate] ??= new SecondCounts(nowMs);
    this.#perSecond[rate].count(nowMs);
  }
}

/** Those that had an answer, by command, then by HTTP status. */
function answersOf(commands: ReadonlyMap<string, CommandNumbers>): NumbersSnapshot["requests"] {
  const answered = [...commands].filter(([, { requests }]) => Object.keys(requests).length > 0);
  return Object.fromEntries(answered.map(([name, { requests }]) => [name, requests]));
}
