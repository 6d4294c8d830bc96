import type { Clock } from "../clock.js";
import { DirectPushError } from "../errors.js";
import { attachmentsOf, type MailboxAttachments, rangeLength } from "./abilities/attachments.js";
import { boundedStream } from "./bounded-stream.js";
import type { Mailbox } from "./mailbox.js";

/** Bounds one call into the mailbox, whose name is given. */
type Bounded = <T>(what: string, call: () => Promise<T>) => Promise<T>;

/** The ability with its call and each step of its streams bounded in time; nothing for a mailbox without it. */
export function guardedAttachments(
  mailbox: Mailbox,
  bounded: Bounded,
  guard: { readonly timeoutMs: number; readonly clock: Clock },
): Partial<MailboxAttachments> {
  const able = attachmentsOf(mailbox);
  if (able === undefined) return {};
  return {
    attachment: async (ref, fileReference, range) => {
      const opened = await bounded("attachment", async () => {
        const answer = await able.attachment(ref, fileReference, range);
        if (answer.kind === "attachment") assertSize(answer.sizeBytes);
        return answer;
      });
      if (opened.kind !== "attachment") return opened;
      const byteLength = rangeLength(opened.sizeBytes, range);
      const bounds = { ...guard, byteLength, what: "The content of Mailbox.attachment" };
      return { ...opened, content: boundedStream(opened.content, bounds) };
    },
  };
}

/** It is announced to the device before anything of the content is seen. */
function assertSize(sizeBytes: number): void {
  if (Number.isSafeInteger(sizeBytes) && sizeBytes >= 0) return;
  throw new DirectPushError("ERR_CALL_FAILED", `Mailbox.attachment told a size of ${sizeBytes} bytes`);
}
