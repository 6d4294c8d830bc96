interface Watch {
  readonly folders: readonly string[];
  readonly onChange: (folder: string) => void;
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
  #changed: Set<string> | undefined;
  #told: Promise<void> | undefined;
  #open = 0;

  /** Watches that were not stopped. */
  get open(): number {
    return this.#open;
  }

  /** Begins a watch; it hears of changes made from when the promise resolves. Returns the function that stops it. */
  async add(folders: readonly string[], onChange: (folder: string) => void): Promise<() => void> {
    // What changed before this call is news to the others alone.
    while (this.#told !== undefined) await this.#told;
    const watch: Watch = { folders, onChange, previous: undefined, next: this.#first, list: this };
    if (this.#first !== undefined) this.#first.previous = watch;
    this.#first = watch;
    this.#open += 1;
    return () => watch.list?.remove(watch);
  }

  /** Tells the watches of a folder, soon, that it changed. */
  changed(folder: string): void {
    if (this.#first === undefined) return;
    if (this.#changed !== undefined) {
      this.#changed.add(folder);
      return;
    }
    this.#changed = new Set([folder]);
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
    const changed = this.#changed ?? [];
    this.#changed = undefined;
    this.#told = undefined;
    for (let watch = this.#first; watch !== undefined; watch = watch.next) {
      for (const folder of changed) if (watch.folders.includes(folder)) notify(watch, folder);
    }
  }
}

function notify(watch: Watch, folder: string): void {
  if (watch.list === undefined) return;
  try {
    watch.onChange(folder);
  } catch (error) {
    // A listener that throws is somebody's bug: it must be seen, but not cost the other listeners their news.
    queueMicrotask(() => {
      throw error;
    });
  }
}
