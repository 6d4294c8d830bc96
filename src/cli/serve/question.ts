/** What a process that serves phones can be asked about itself: `metrics` as Prometheus counts them, `status` for the operators' page. */
export interface Question {
  readonly topic: "metrics" | "status";
  /** Plain data. */
  readonly query?: unknown;
  /** Whether the processes of other machines are asked as well, where there are any: the answer is a list then. */
  readonly everywhere?: boolean;
}

/** Asks every process that serves phones: of this machine, or of all. One that does not answer is left out. */
export type AskAll = (question: Question) => Promise<readonly unknown[]>;
