import { formatDuration } from "../duration.js";
import { describeOutcome } from "./describe-outcome.js";
import type { HeldPing } from "./hold-outcome.js";

/** Where progress is shown. */
export interface ProgressOutput {
  /** Whether lines can be drawn anew. */
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** What goes on at present. */
export interface ProbeState {
  /** Intervals that are held, in seconds, ascending. */
  readonly holding: readonly number[];
  readonly secondsLeft: number;
  readonly elapsedSeconds: number;
  /** The longest interval that was carried so far; 0 for none. */
  readonly carriedSeconds: number;
}

/** Tells what has ended, a line each, and on a terminal what is held and for how long, in a line that changes. */
export class Progress {
  readonly #output: ProgressOutput;
  #isDrawn = false;

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  /** A line that stays. */
  say(line: string): void {
    this.#clear();
    this.#output.write(`${line}\n`);
  }

  /** A Ping has ended. */
  ended({ askedSeconds, startedSeconds, outcome }: HeldPing): void {
    this.say(
      `  ${formatDuration(askedSeconds)} (from ${formatDuration(startedSeconds)}): ${describeOutcome(outcome)}`,
    );
  }

  /** Draws the changing line; nothing where there is no terminal. */
  draw(state: ProbeState): void {
    if (this.#output.isTTY !== true) return;
    this.#clear();
    const line = stateLine(state).slice(0, Math.max(20, (this.#output.columns || 80) - 1));
    this.#output.write(line);
    this.#isDrawn = true;
  }

  /** Takes the changing line away. */
  end(): void {
    this.#clear();
  }

  #clear(): void {
    // Back to the first column, and erase the line.
    if (this.#isDrawn) this.#output.write("\r\u001b[K");
    this.#isDrawn = false;
  }
}

/** The changing line: time left first, as a narrow terminal cuts the end off. */
function stateLine({ holding, secondsLeft, elapsedSeconds, carriedSeconds }: ProbeState): string {
  if (holding.length === 0) return `${formatDuration(elapsedSeconds)}: getting ready`;
  const carried = carriedSeconds > 0 ? `, carried ${formatDuration(carriedSeconds)}` : "";
  return `${formatDuration(secondsLeft)} left${carried}, holding ${holding.map(formatDuration).join(" ")}`;
}
