import type { EventEmitter } from "eventemitter3";
import type { Clock } from "../../clock.js";
import type { ClientEvents } from "../client-events.js";
import type { ClientFailure } from "../session/client-failure.js";
import { type BackOffOptions, backOffSeconds } from "./back-off.js";
import { Pause } from "./pause.js";

/** What {@link Patience} works with. */
export interface PatienceParts {
  readonly clock: Clock;
  readonly events: EventEmitter<ClientEvents>;
  readonly backOff: BackOffOptions;
  readonly random: () => number;
}

/** How long a device waits before it goes on after steps that failed, or that led nowhere. */
export class Patience {
  readonly #parts: PatienceParts;
  readonly #pause: Pause;
  #failures = 0;
  #circles = 0;

  constructor(parts: PatienceParts) {
    this.#parts = parts;
    this.#pause = new Pause(parts.clock);
  }

  /** A step did not fail. */
  relax(): void {
    this.#failures = 0;
  }

  /** A step achieved something. */
  forget(): void {
    this.#failures = 0;
    this.#circles = 0;
  }

  /** Waits after a failure: longer after each, and for as long as the server asks. */
  async afterFailure(failure: ClientFailure): Promise<void> {
    this.#failures += 1;
    await this.#delay(this.#failures, failure);
  }

  /** Waits after a step that led nowhere: not after the first, which is common. */
  async afterCircle(): Promise<void> {
    this.#failures = 0;
    this.#circles += 1;
    if (this.#circles > 1) await this.#delay(this.#circles - 1, undefined);
  }

  /** Ends the present wait. */
  end(): void {
    this.#failures = 0;
    this.#pause.end();
  }

  async #delay(times: number, failure: ClientFailure | undefined): Promise<void> {
    const { backOff, random, events } = this.#parts;
    const asked = failure?.kind === "busy" ? (failure.retryAfterSeconds ?? 0) : 0;
    const seconds = Math.max(asked, backOffSeconds(times, backOff, random));
    const waited = this.#pause.wait(seconds);
    events.emit("delayed", { seconds, failure });
    await waited;
  }
}
