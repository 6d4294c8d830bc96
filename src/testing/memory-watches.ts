import type { Arrival, OnChange } from "../push/mailbox-change-source.js";

interface Watch {
  readonly folders: readonly string[];
  readonly onChange: OnChange;
  previous: Watch | undefined;
  next: Watch | undefined;
  /** Undefined once it is stopped. */
  list: MemoryWatches | undefined;
}

/**
 * Who watches which folders of one user. A linked list of plain objects: a held phone costs one of them and its stop function.
 * Tells of changes in a microtask, so never from inside the call that made the change or began the watch.
 */
export class MemoryWatches {
  #first: Watch | undefined;
  /** What happened to each folder was nothing but this arrival, or something else as well. */
  #changed: Map<string, Arrival | undefined> | undefined;
  #told: Promise<void> | undefined;
  #open = 0;

  /** Watches that were not stopped. */
  get open(): number {
    return this.#open;
  }

  /** Begins a watch; it hears of changes made from when the promise resolves. Returns the function that stops it. */
  async add(folders: readonly string[], onChange: OnChange): Promise<() => void> {
    // What changed before this call is news to the others alone.
    while (this.#told !== undefined) await this.#told;
    const watch: Watch = { folders, onChange, previous: undefined, next: this.#first, list: this };
    if (this.#first !== undefined) this.#first.previous = watch;
    this.#first = watch;
    this.#open += 1;
    return () => watch.list?.remove(watch);
  }

  /** Tells the watches of a folder, soon, that it changed; by an arrival, or by something else. */
  changed(folder: string, arrival?: Arrival): void {
    if (this.#first === undefined) return;
    if (this.#changed !== undefined) {
      // What arrived may be what was removed, or marked, right afterwards.
      const isFirst = !this.#changed.has(folder);
      this.#changed.set(folder, isFirst ? arrival : undefined);
      return;
    }
    this.#changed = new Map([[folder, arrival]]);
    this.#told = Promise.resolve().then(() => this.#tell());
  }

  /** Stops a watch; once is enough. */
  remove(watch: Watch): void {
    watch.list = undefined;
    if (watch.previous === undefined) this.#first = watch.next;
    else watch.previous.next = watch.next;
    if (watch.next !== undefined) watch.next.previous = watch.previous;
    this.#open -= 1;
  }

  #tell(): void {
    const changed = this.#changed ?? new Map<string, Arrival | undefined>();
    this.#changed = undefined;
    this.#told = undefined;
    for (let watch = this.#first; watch !== undefined; watch = watch.next) {
      for (const [folder, arrival] of changed) {
        if (watch.folders.includes(folder)) notify(watch, folder, arrival);
      }
    }
  }
}

function notify(watch: Watch, folder: string, arrival: Arrival | undefined): void {
  if (watch.list === undefined) return;
  try {
    watch.onChange(folder, arrival);
  } catch (error) {
    // A listener that throws is somebody's bug: it must be seen, but not cost the other listeners their news.
    queueMicrotask(() => {
      throw error;
    });
  }
}
