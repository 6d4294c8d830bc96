import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks";
import type { WakeAllCost } from "./messages.js";

/** Watches what waking all does to this process. */
export class WakeAllWatch {
  readonly #delay = monitorEventLoopDelay({ resolution: 1 });
  readonly #collections = new PerformanceObserver((list) => this.#noteLongest(list.getEntries()));
  #longestCollectionMs = 0;
  #cpuBefore = process.cpuUsage();

  /** Resolves when the watch is in place. */
  async begin(): Promise<void> {
    this.#longestCollectionMs = 0;
    this.#collections.observe({ entryTypes: ["gc"] });
    this.#delay.enable();
    this.#delay.reset();
    this.#cpuBefore = process.cpuUsage();
    // Its first look at the clock is only where it counts from.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** What it was since the beginning. */
  end(): WakeAllCost {
    const { user, system } = process.cpuUsage(this.#cpuBefore);
    this.#delay.disable();
    this.#noteLongest(this.#collections.takeRecords());
    this.#collections.disconnect();
    return {
      cpuMicroseconds: user + system,
      loopBlockMs: this.#delay.max / 1e6,
      garbageCollectionMs: this.#longestCollectionMs,
    };
  }

  #noteLongest(collections: readonly { readonly duration: number }[]): void {
    for (const { duration } of collections)
      this.#longestCollectionMs = Math.max(this.#longestCollectionMs, duration);
  }
}
