import { type CalendarZone, localText } from "./calendar-zone.js";
import { contentLine } from "./content-line.js";

/** How the times of an appointment are written: as dates, in a time zone, or in UTC. */
export type TimeForm =
  | { readonly kind: "date" }
  | { readonly kind: "zone"; readonly zone: CalendarZone }
  | { readonly kind: "utc" };

/** A line with a time: an instant, or of dates midnight counted as if it were UTC. */
export function timeLine(name: string, ms: number, form: TimeForm): string {
  switch (form.kind) {
    case "date":
      return contentLine(name, dateText(ms), { VALUE: "DATE" });
    case "zone":
      return contentLine(name, localText(form.zone.localMs(ms)), { TZID: form.zone.tzid });
    case "utc":
      return contentLine(name, utcText(ms));
  }
}

/** `20260101T090000Z`. */
export function utcText(instantMs: number): string {
  return `${localText(instantMs)}Z`;
}

/** `20260101`. */
export function dateText(ms: number): string {
  return localText(ms).slice(0, 8);
}
