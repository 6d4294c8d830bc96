import type { MailboxRef } from "../../push/mailbox-change-source.js";
import type { Mailbox } from "../mailbox.js";

/** A time at which someone is not free, in milliseconds since the epoch. `unknown`: nothing is known of this time. */
export interface BusyInterval {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
  readonly status: "tentative" | "busy" | "out-of-office" | "unknown";
}

/** An optional ability of a {@link Mailbox}: when others have time, for ResolveRecipients ([MS-ASCMD] 2.2.3.16). */
export interface MailboxFreeBusy {
  /**
   * When someone is not free, in any order; intervals may overlap and reach over the ends of the time that is asked for.
   *
   * @param emailAddress as a recipient has it.
   * @returns `unknown` for someone of whom nothing is known, `forbidden` when this user may not see it.
   */
  freeBusy(
    mailbox: MailboxRef,
    emailAddress: string,
    fromMs: number,
    beforeMs: number,
  ): Promise<
    | { readonly kind: "intervals"; readonly intervals: readonly BusyInterval[] }
    | { readonly kind: "unknown" }
    | { readonly kind: "forbidden" }
  >;
}

/** The mailbox's {@link MailboxFreeBusy}; undefined when it has none. */
export function freeBusyOf(mailbox: Mailbox): MailboxFreeBusy | undefined {
  const able = mailbox as Mailbox & Partial<MailboxFreeBusy>;
  return typeof able.freeBusy === "function" ? (able as MailboxFreeBusy) : undefined;
}
