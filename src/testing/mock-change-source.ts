import { type Clock, systemClock } from "../clock.js";
import type { Arrival, MailboxChangeSource, MailboxRef, OnChange } from "../push/mailbox-change-source.js";

/** How a {@link MockChangeSource} behaves when it is called. */
export type MockBehaviour =
  | { readonly kind: "answer" }
  /** Answers after this many milliseconds of the source's clock. */
  | { readonly kind: "delay"; readonly delayMs: number }
  /** Returns a promise that never settles. */
  | { readonly kind: "never" }
  /** Returns a promise that rejects. */
  | { readonly kind: "reject"; readonly error: unknown }
  /** Throws before it returns a promise, as code that is not async does. */
  | { readonly kind: "throw"; readonly error: unknown };

interface MockWatch {
  readonly user: string;
  readonly folders: ReadonlySet<string>;
  readonly onChange: OnChange;
}

/** Stopped watches that are kept, so that {@link MockChangeSource.notifyStopped} can call them. */
const STOPPED_KEPT = 100;

/**
 * A {@link MailboxChangeSource} without a mailbox: tests say what changes, and how the source misbehaves. A user's folders need no
 * set-up; the marker of one that was never touched is `"0"`.
 */
export class MockChangeSource implements MailboxChangeSource {
  /** What the next calls of `marker` do. */
  markerBehaviour: MockBehaviour = { kind: "answer" };
  /** What the next calls of `watch` do. */
  watchBehaviour: MockBehaviour = { kind: "answer" };
  /** Folders that are notified from inside `watch`, against the contract. */
  notifiedInsideWatch: readonly string[] = [];
  /** When set, the stop functions throw it (after they have stopped). */
  stopError: unknown = undefined;
  /** Calls of `marker`. */
  markersAsked = 0;
  /** Calls of `watch`. */
  watchesAsked = 0;
  /** Watches that were opened: their promise resolved. */
  watchesOpened = 0;
  /** Watches that were stopped; a second stop of one does not count. */
  watchesStopped = 0;

  readonly #clock: Clock;
  readonly #markers = new Map<string, string>();
  readonly #open = new Set<MockWatch>();
  readonly #stopped: MockWatch[] = [];
  #changes = 0;

  /** @param clock times the behaviour `delay`; the system's clock by default. */
  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Watches that are open now. */
  get watchesOpen(): number {
    return this.#open.size;
  }

  marker(mailbox: MailboxRef, folder: string): Promise<string> {
    this.markersAsked += 1;
    return this.#behave(this.markerBehaviour, () => this.markerNow(mailbox.user, folder));
  }

  watch(mailbox: MailboxRef, folders: readonly string[], onChange: OnChange): Promise<() => void> {
    this.watchesAsked += 1;
    for (const folder of this.notifiedInsideWatch) onChange(folder);
    return this.#behave(this.watchBehaviour, () => {
      const watch = { user: mailbox.user, folders: new Set(folders), onChange };
      this.watchesOpened += 1;
      this.#open.add(watch);
      return () => this.#stop(watch);
    });
  }

  /** The folder's present marker, whatever the behaviour. */
  markerNow(user: string, folder: string): string {
    return this.#markers.get(keyOf(user, folder)) ?? "0";
  }

  /** Sets a folder's marker and tells nobody. */
  setMarker(user: string, folder: string, marker: string): void {
    this.#markers.set(keyOf(user, folder), marker);
  }

  /** Changes a folder as a mail server does: a marker it never had, then a call to each watch of the folder. */
  change(user: string, folder: string): void {
    this.#changes += 1;
    this.setMarker(user, folder, `changed-${this.#changes}`);
    this.notify(user, folder);
  }

  /**
   * Changes a folder by a mail that arrives, as a mail server does that says so.
   *
   * @param arrival what it says; by default the folder's new marker, and a date of now.
   */
  arrive(user: string, folder: string, arrival: Partial<Arrival> = {}): void {
    this.#changes += 1;
    const marker = `changed-${this.#changes}`;
    this.setMarker(user, folder, marker);
    this.notify(user, folder, { marker, dateReceivedMs: this.#clock.now(), ...arrival });
  }

  /** Calls each open watch of the folder without a change, as a source that calls too often does. */
  notify(user: string, folder: string, told?: Arrival | "perhaps"): void {
    for (const watch of [...this.#open]) {
      if (watch.user === user && watch.folders.has(folder)) watch.onChange(folder, told);
    }
  }

  /** Calls every open watch of the user with a folder that it may not have asked for. */
  notifyUnwatched(user: string, folder: string): void {
    for (const watch of [...this.#open]) if (watch.user === user) watch.onChange(folder);
  }

  /** Calls the watches that were stopped last, as a source does whose event was on its way. */
  notifyStopped(folder: string): void {
    for (const watch of this.#stopped) watch.onChange(folder);
  }

  #stop(watch: MockWatch): void {
    if (this.#open.delete(watch)) {
      this.watchesStopped += 1;
      this.#stopped.push(watch);
      if (this.#stopped.length > STOPPED_KEPT) this.#stopped.shift();
    }
    if (this.stopError !== undefined) throw this.stopError;
  }

  #behave<T>(behaviour: MockBehaviour, answer: () => T): Promise<T> {
    switch (behaviour.kind) {
      case "answer":
        return Promise.resolve(answer());
      case "delay":
        return new Promise((resolve) => {
          this.#clock.setTimer(() => resolve(answer()), behaviour.delayMs);
        });
      case "never":
        return new Promise(() => {});
      case "reject":
        return Promise.reject(behaviour.error);
      case "throw":
        throw behaviour.error;
    }
  }
}

function keyOf(user: string, folder: string): string {
  return `${user}\0${folder}`;
}
