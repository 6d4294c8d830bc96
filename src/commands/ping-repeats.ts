import type { HoldFolder } from "../push/hold.js";
import { RecentNotes } from "../push/recent-notes.js";

/** Equal refusals in a row that are answered at once; a device that set itself right needs fewer. */
const freeRefusals = 5;
/** A refusal after so long a time begins a new row. */
const rowEndsAfterMs = 60_000;
const maxDelaySeconds = 25;
/** Reports of one folder without a Sync in between that are believed to be of use. */
const maxVainReports = 3;

interface RefusalRow {
  readonly status: number;
  readonly times: number;
  /** When the last one was answered, on the monotonic clock. */
  readonly answeredAtMs: number;
}

interface Report {
  readonly folder: string;
  marker: string;
  times: number;
}

/** What is remembered of one device. */
export class DeviceRepeats {
  #refusals: RefusalRow | undefined = undefined;
  /** One of a folder; most devices have had none. */
  #reports: Report[] | undefined = undefined;

  /**
   * Notes a refusal.
   *
   * @returns whole seconds to hold it back: 0 for the first five in a row, then 1, 2, 4 up to 25.
   */
  refused(status: number, nowMs: number): number {
    const row = this.#refusals;
    const goesOn = row !== undefined && row.status === status && nowMs - row.answeredAtMs < rowEndsAfterMs;
    const times = goesOn ? row.times + 1 : 1;
    const delaySeconds =
      times <= freeRefusals ? 0 : Math.min(2 ** Math.min(times - freeRefusals - 1, 10), maxDelaySeconds);
    this.#refusals = { status, times, answeredAtMs: nowMs + delaySeconds * 1000 };
    return delaySeconds;
  }

  /** Notes that the device was given a useful answer: the row of its refusals is over. */
  answered(): void {
    this.#refusals = undefined;
  }

  /**
   * Notes that a folder is reported as changed, which is a useful answer, too.
   *
   * @param watched with the marker behind the device's last Sync of it; undefined when there is none to tell two Syncs apart.
   */
  reported({ folder, marker }: Pick<HoldFolder, "folder" | "marker">): void {
    this.#refusals = undefined;
    const former = this.#reports?.find((one) => one.folder === folder);
    if (marker === undefined) {
      if (former !== undefined) this.#reports = this.#reports?.filter((one) => one !== former);
    } else if (former === undefined) {
      this.#reports = [...(this.#reports ?? []), { folder, marker, times: 1 }];
    } else {
      former.times = former.marker === marker ? former.times + 1 : 1;
      former.marker = marker;
    }
  }

  /** Whether a folder was reported three times since the device's last Sync of it, so that only a new change is worth another report. */
  isReportedInVain({ folder, marker }: Pick<HoldFolder, "folder" | "marker">): boolean {
    const report = this.#reports?.find((one) => one.folder === folder);
    return report !== undefined && report.marker === marker && report.times >= maxVainReports;
  }

  /**
   * Notes that the device has waited out an interval: it does not go round in circles, and if the reports were lost on the way, its
   * next Ping must tell.
   */
  waited(): void {
    this.#reports = undefined;
  }
}

/**
 * What this process remembers of devices that repeat themselves. Android answers Status 3, 4 and 8 with the same Ping at once, and some
 * devices ping after a Status 2 without a Sync: both would go round as fast as the network allows. Kept for the
 * ten thousand devices, at least, that did so last; one that is forgotten begins anew if it goes on.
 */
export class PingRepeats {
  readonly #devices = new RecentNotes<DeviceRepeats>(10_000);

  /** What is remembered of a device, which from now on is one of those that are kept longest; undefined for nothing. */
  known(device: string): DeviceRepeats | undefined {
    const repeats = this.#devices.get(device);
    if (repeats !== undefined) this.#devices.set(device, repeats);
    return repeats;
  }

  /** What is remembered of a device from now on. */
  of(device: string): DeviceRepeats {
    const repeats = this.#devices.get(device) ?? new DeviceRepeats();
    this.#devices.set(device, repeats);
    return repeats;
  }
}
