/** Many intervals together that are shorter than they should be. */
export interface ShortHeartbeats {
  readonly averageSeconds: number;
  /** Of how many intervals. */
  readonly samples: number;
}

/** When a {@link HeartbeatMonitor} gives the alarm. */
export interface HeartbeatMonitorOptions {
  /** How many intervals are looked at, 1 or more. */
  readonly samples: number;
  /** The average, in seconds, at which and below which they are too short; 0 for never. */
  readonly alertSeconds: number;
}

/** Watches the average of the newest intervals: something in front of the server that cuts or forgets connections shortens them all. */
export class HeartbeatMonitor {
  readonly #alertSeconds: number;
  /** A ring; whole seconds fit. */
  readonly #window: Uint16Array;
  #count = 0;
  #sum = 0;
  #isShort = false;

  constructor({ samples, alertSeconds }: HeartbeatMonitorOptions) {
    this.#alertSeconds = alertSeconds;
    this.#window = new Uint16Array(samples);
  }

  /** Takes note of one interval. Returns what is wrong when the average falls to the alert's: once, until it was above again. */
  note(heartbeatSeconds: number): ShortHeartbeats | undefined {
    const samples = this.#window.length;
    const place = this.#count % samples;
    this.#sum += heartbeatSeconds - (this.#window[place] ?? 0);
    this.#window[place] = heartbeatSeconds;
    this.#count += 1;
    if (this.#count < samples) return undefined;
    const averageSeconds = this.#sum / samples;
    const wasShort = this.#isShort;
    this.#isShort = averageSeconds <= this.#alertSeconds;
    return this.#isShort && !wasShort ? { averageSeconds, samples } : undefined;
  }
}
