import type { ItemBody } from "./body.js";
import type { TaskRecurrence } from "./recurrence.js";
import type { Importance, Sensitivity } from "./values.js";

/** A task ([MS-ASTASK] 2.2). Instants are in milliseconds since the epoch. */
export interface TaskItem {
  readonly class: "Tasks";
  readonly subject?: string;
  readonly importance?: Importance;
  readonly sensitivity?: Sensitivity;
  /** Local wall clock time, counted as if it were UTC; goes with `utcStartDateMs`. */
  readonly startDateMs?: number;
  readonly utcStartDateMs?: number;
  /** Local wall clock time, counted as if it were UTC; goes with `utcDueDateMs`. */
  readonly dueDateMs?: number;
  readonly utcDueDateMs?: number;
  readonly complete: boolean;
  /** Present when `complete`. */
  readonly dateCompletedMs?: number;
  readonly reminderSet?: boolean;
  readonly reminderTimeMs?: number;
  /** At most 300. */
  readonly categories?: readonly string[];
  readonly recurrence?: TaskRecurrence;
  /** For sorting, with `subOrdinalDate`. */
  readonly ordinalDateMs?: number;
  readonly subOrdinalDate?: string;
  readonly body?: ItemBody;
}
