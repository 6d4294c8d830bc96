/** What a process that serves phones can be asked about itself: `metrics` as Prometheus counts them, `status` for the operators' page. */
export interface Question {
  readonly topic: "metrics" | "status";
  /** Plain data. */
  readonly query?: unknown;
}

/** Asks every process that serves phones. One that does not answer is left out. */
export type AskAll = (question: Question) => Promise<readonly unknown[]>;
