/** Equal refusals in a row that are answered at once; a device that set itself right needs fewer. */
const freeRefusals = 5;
/** A refusal after so long a time begins a new row. */
const rowEndsAfterMs = 60_000;
const maxDelaySeconds = 25;
/** Reports of one folder without a Sync in between that are believed to be of use. */
const maxVainReports = 3;
const maxDevices = 10_000;

interface RefusalRow {
  readonly status: number;
  readonly times: number;
  /** When the last one was answered, on the monotonic clock. */
  readonly answeredAtMs: number;
}

interface Report {
  readonly marker: string;
  readonly times: number;
}

interface DeviceRepeats {
  refusals: RefusalRow | undefined;
  /** By folder; most devices have had none. */
  reports: Map<string, Report> | undefined;
}

/**
 * What this process remembers of devices that repeat themselves. Android answers Status 3, 4 and 8 with the same Ping at once, and some
 * devices ping after a Status 2 without a Sync: both would go round as fast as the network allows. Kept for 10,000 devices;
 * the one that began first is forgotten first, and begins anew if it goes on.
 */
export class PingRepeats {
  readonly #devices = new Map<string, DeviceRepeats>();

  /**
   * Notes a refusal.
   *
   * @returns whole seconds to hold it back: 0 for the first five in a row, then 1, 2, 4 up to 25.
   */
  refused(device: string, status: number, nowMs: number): number {
    const repeats = this.#repeats(device);
    const row = repeats.refusals;
    const goesOn = row !== undefined && row.status === status && nowMs - row.answeredAtMs < rowEndsAfterMs;
    const times = goesOn ? row.times + 1 : 1;
    const delaySeconds =
      times <= freeRefusals ? 0 : Math.min(2 ** Math.min(times - freeRefusals - 1, 10), maxDelaySeconds);
    repeats.refusals = { status, times, answeredAtMs: nowMs + delaySeconds * 1000 };
    return delaySeconds;
  }

  /** Notes that a device was given a useful answer: the row of its refusals is over. */
  answered(device: string): void {
    const repeats = this.#devices.get(device);
    if (repeats !== undefined) repeats.refusals = undefined;
  }

  /**
   * Notes that a folder is reported as changed.
   *
   * @param marker the marker behind the device's last Sync of the folder; undefined when there is none to tell two Syncs apart.
   */
  reported(device: string, folder: string, marker: string | undefined): void {
    if (marker === undefined) {
      this.#devices.get(device)?.reports?.delete(folder);
      return;
    }
    const repeats = this.#repeats(device);
    repeats.reports ??= new Map();
    const former = repeats.reports.get(folder);
    repeats.reports.set(folder, { marker, times: former?.marker === marker ? former.times + 1 : 1 });
  }

  /** Whether a folder was reported three times since the device's last Sync of it, so that only a new change is worth another report. */
  isReportedInVain(device: string, folder: string, marker: string | undefined): boolean {
    const report = this.#devices.get(device)?.reports?.get(folder);
    return report !== undefined && report.marker === marker && report.times >= maxVainReports;
  }

  /**
   * Notes that a device has waited out an interval: it does not go round in circles, and if the reports were lost on the way, its
   * next Ping must tell.
   */
  waited(device: string): void {
    const repeats = this.#devices.get(device);
    if (repeats !== undefined) repeats.reports = undefined;
  }

  #repeats(device: string): DeviceRepeats {
    const known = this.#devices.get(device);
    if (known !== undefined) return known;
    const repeats: DeviceRepeats = { refusals: undefined, reports: undefined };
    this.#devices.set(device, repeats);
    if (this.#devices.size > maxDevices) this.#dropOldest();
    return repeats;
  }

  #dropOldest(): void {
    for (const oldest of this.#devices.keys()) {
      this.#devices.delete(oldest);
      return;
    }
  }
}
