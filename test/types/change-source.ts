/** Compiled, never run: the change source, the hold and its outcomes. */
import { DirectPushError, HIERARCHY, type HoldOutcome, type MailboxChangeSource } from "direct-push";

export const source: MailboxChangeSource = {
  marker: async (mailbox, folder) => `${mailbox.user}/${folder === HIERARCHY ? "tree" : folder}`,
  watch: async (_mailbox, folders, onChange) => {
    const timers = folders.map((folder) => setInterval(() => onChange(folder), 1000));
    return () => timers.forEach(clearInterval);
  },
};

// @ts-expect-error markers are strings: a number that overflows or rounds would miss changes
export const numbered: MailboxChangeSource = { ...source, marker: async () => 1 };

// @ts-expect-error a watch that cannot be stopped
export const endless: MailboxChangeSource = { ...source, watch: async () => undefined };

/** Every outcome is told apart by `kind`, and each has only its own fields. */
export function describe(outcome: HoldOutcome): string {
  // @ts-expect-error only a change has folders
  void outcome.folders;
  switch (outcome.kind) {
    case "changed":
      return outcome.folders.join();
    case "disconnected":
      return `${outcome.afterSeconds} s`;
    case "failed":
      return String(outcome.error);
    case "expired":
    case "superseded":
    case "closing":
    case "recalled":
      return outcome.kind;
    default: {
      const none: never = outcome;
      return none;
    }
  }
}

/** Codes are known, so a misspelt one does not compile. */
export function isBusy(error: unknown): boolean {
  if (!(error instanceof DirectPushError)) return false;
  // @ts-expect-error there is no such code
  if (error.code === "ERR_TIMEOUT") return true;
  return error.code === "ERR_CALL_TIMEOUT";
}
