import { formatDuration } from "../duration.js";
import type { HeldPing, HoldOutcome } from "./hold-outcome.js";

/** What became of a Ping, in words that go after its length. */
export function describeOutcome(outcome: HoldOutcome): string {
  switch (outcome.kind) {
    case "carried":
      return "answered in time";
    case "changed":
      return `ended by a change after ${formatAge(outcome.afterSeconds)}; tried again`;
    case "early":
      return `ended by the server itself after ${formatAge(outcome.afterSeconds)}`;
    case "cut":
      return `connection ${outcome.how} after ${formatAge(outcome.afterSeconds)}`;
    case "gateway":
      return `HTTP ${outcome.status} from ${outcome.proxy ?? "a proxy without a name"} after ${formatAge(outcome.afterSeconds)}`;
    case "silent":
      return "no answer and no error: lost in silence";
    case "refused":
      return `refused by the server, which would hold ${formatDuration(outcome.nearestSeconds)}`;
    case "busy":
      return "the server has no room for it";
    case "unclear":
      return outcome.reason;
  }
}

/** A line for each outcome that occurred, the lengths that had it before it. */
export function summarise(held: readonly HeldPing[]): readonly string[] {
  const groups = new Map<string, number[]>();
  for (const { askedSeconds, outcome } of [...held].sort((a, b) => a.askedSeconds - b.askedSeconds)) {
    const words = describeOutcome(outcome);
    groups.set(words, [...(groups.get(words) ?? []), askedSeconds]);
  }
  return [...groups].map(([words, lengths]) => `${formatLengths(lengths)}: ${words}`);
}

/** An age to the tenth of a second where that says something. */
export function formatAge(seconds: number): string {
  return seconds < 60 && !Number.isInteger(seconds) ? `${seconds.toFixed(1)}s` : formatDuration(seconds);
}

function formatLengths(lengths: readonly number[]): string {
  return [...new Set(lengths)].map(formatDuration).join(", ");
}
