import { boundedCall } from "../bounded-call.js";
import type { Clock } from "../clock.js";
import type { MailboxChangeSource } from "../push/mailbox-change-source.js";

/**
 * A change source for commands, each call of which ends in time. The coordinator has the source itself: it must stop a watch that comes
 * too late.
 */
export function guardedSource(
  source: MailboxChangeSource,
  guard: { readonly timeoutMs: number; readonly clock: Clock },
): MailboxChangeSource {
  const bounded = <T>(what: string, call: () => Promise<T>): Promise<T> =>
    boundedCall(call, guard.timeoutMs, `MailboxChangeSource.${what}`, guard.clock);
  return {
    marker: (mailbox, folder) => bounded("marker", () => source.marker(mailbox, folder)),
    watch: (mailbox, folders, onChange) => bounded("watch", () => source.watch(mailbox, folders, onChange)),
  };
}
