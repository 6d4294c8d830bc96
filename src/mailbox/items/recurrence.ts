/** When a series ends; without it, never. */
export type RecurrenceEnd =
  | { readonly kind: "occurrences" /** 1 to 999. */; readonly count: number }
  | {
      readonly kind: "until" /** Start of the last occurrence at the latest, in milliseconds since the epoch. */;
      readonly untilMs: number;
    };

/**
 * On which days a series falls ([MS-ASCAL] 2.2.2.37). `dayOfWeek` is the sum of Sunday 1, Monday 2, Tuesday 4, Wednesday 8,
 * Thursday 16, Friday 32, Saturday 64 (127 with a nth pattern: any day of the month); `weekOfMonth` is 1 to 5, 5 the last.
 */
export type RecurrencePattern =
  | { readonly type: "daily" /** Given: on these days of every week. */; readonly dayOfWeek?: number }
  | { readonly type: "weekly"; readonly dayOfWeek: number }
  | { readonly type: "monthly"; readonly dayOfMonth: number }
  | { readonly type: "monthly-nth"; readonly weekOfMonth: number; readonly dayOfWeek: number }
  | { readonly type: "yearly"; readonly dayOfMonth: number; readonly monthOfYear: number }
  | {
      readonly type: "yearly-nth";
      readonly weekOfMonth: number;
      readonly monthOfYear: number;
      readonly dayOfWeek?: number;
    };

/** How a series repeats, of an appointment, a task, or a meeting request. */
export type Recurrence = RecurrencePattern & {
  /** Every so many days, weeks, months or years, 0 to 999. Default 1. */
  readonly interval?: number;
  readonly end?: RecurrenceEnd;
  /** The calendar system ([MS-ASCAL] 2.2.2.10), 0 to 12, 14, 15 or 20. Default 0. Devices below version 14.0 do not see it. */
  readonly calendarType?: number;
  /** Whether `monthOfYear` is an embolismic month. Devices below version 14.0 do not see it. */
  readonly isLeapMonth?: boolean;
  /** 0 Sunday to 6 Saturday; default 0. Devices below version 14.1 do not see it. */
  readonly firstDayOfWeek?: number;
};

/** How a task repeats ([MS-ASTASK] 2.2.2.22). */
export type TaskRecurrence = Recurrence & {
  /** Start of the first occurrence, in milliseconds since the epoch. */
  readonly startMs: number;
  /** Whether the next task is made when this one is completed, instead of on fixed days. */
  readonly regenerate?: boolean;
  /** Whether this is one done occurrence and no longer a series. */
  readonly deadOccur?: boolean;
};
