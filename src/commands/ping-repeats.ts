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

interface DeviceRepeats {
  refusals: RefusalRow | undefined;
  /** One of a folder; most devices have had none. */
  reports: Report[] | undefined;
}

/**
 * What this process remembers of devices that repeat themselves. Android answers Status 3, 4 and 8 with the same Ping at once, and some
 * devices ping after a Status 2 without a Sync: both would go round as fast as the network allows. Kept for the
 * ten thousand devices, at least, that did so last; one that is forgotten begins anew if it goes on.
 */
export class PingRepeats {
  readonly #devices = new RecentNotes<DeviceRepeats>(10_000);

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
   * Notes that folders are reported as changed, which is a useful answer, too.
   *
   * @param folders each with the marker behind the device's last Sync of it; undefined when there is none to tell two Syncs apart.
   */
  reported(device: string, folders: readonly Pick<HoldFolder, "folder" | "marker">[]): void {
    const repeats = this.#devices.get(device) ?? { refusals: undefined, reports: undefined };
    repeats.refusals = undefined;
    for (const { folder, marker } of folders) noteReport(repeats, folder, marker);
    if (repeats.reports !== undefined) this.#devices.set(device, repeats);
  }

  /** Whether a folder was reported three times since the device's last Sync of it, so that only a new change is worth another report. */
  isReportedInVain(device: string, folder: string, marker: string | undefined): boolean {
    const report = this.#devices.get(device)?.reports?.find((one) => one.folder === folder);
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
    const repeats = this.#devices.get(device) ?? { refusals: undefined, reports: undefined };
    this.#devices.set(device, repeats);
    return repeats;
  }
}

function noteReport(repeats: DeviceRepeats, folder: string, marker: string | undefined): void {
  const { reports } = repeats;
  const former = reports?.find((one) => one.folder === folder);
  if (marker === undefined) {
    if (former !== undefined) repeats.reports = reports?.filter((one) => one !== former);
  } else if (former === undefined) {
    repeats.reports = [...(reports ?? []), { folder, marker, times: 1 }];
  } else {
    former.times = former.marker === marker ? former.times + 1 : 1;
    former.marker = marker;
  }
}
