import { CommonStatus } from "../../protocol/status.js";
import { type SentMail, updateSentMail } from "../../state/sent-mail-record.js";
import { inTurn } from "../../sync-state/collection-turns.js";
import type { CommandContext } from "../command.js";

/** Which mail of which device it is. */
export interface MailIdentity {
  readonly clientId: string;
  /** Undefined when nothing in the message tells it from others. */
  readonly fingerprint: string | undefined;
  /** Of the whole identity. */
  readonly token: string;
}

/** The steps of sending a mail; those that return a status are refused with it. */
export interface SendingSteps<Ready> {
  prepare(): Promise<
    ({ readonly kind: "ready" } & Ready) | { readonly kind: "refused"; readonly status: number }
  >;
  /** Undefined when the mail is out. */
  submit(ready: Ready): Promise<number | undefined>;
  /** What follows when it is out; a repeat does it again when it threw. */
  finish(ready: Ready): Promise<void>;
}

/** No request takes longer: what was at a mail for so long has ended in the middle. */
const longestSendingMs = 120_000;

type Standing = "new" | "submitted" | "done" | "busy" | "another-mail";

/**
 * Sends a mail once. A repeat of a request that was answered, which is what a device sends whose answer was lost, is a success and does nothing; repeats at the
 * same time wait for the first one.
 *
 * @returns the common status with which it is refused; undefined for success.
 * @throws whatever a step throws: a repeat goes on where this one ended.
 */
export async function sendOnce<Ready>(
  context: CommandContext,
  mail: MailIdentity,
  steps: SendingSteps<Ready>,
): Promise<number | undefined> {
  const { state, device } = context;
  return inTurn(state, [device.user, device.id, `sent ${mail.clientId}`], async () => {
    const standing = await begin(context, mail);
    if (standing === "done") return undefined;
    if (standing === "another-mail") return CommonStatus.MessagePreviouslySent;
    if (standing === "busy") return CommonStatus.ServerErrorRetryLater;
    return standing === "new" ? sendNew(context, mail, steps) : resume(context, mail, steps);
  });
}

async function sendNew<Ready>(
  context: CommandContext,
  mail: MailIdentity,
  steps: SendingSteps<Ready>,
): Promise<number | undefined> {
  let isOut = false;
  try {
    const ready = await steps.prepare();
    const refusal = ready.kind === "refused" ? ready.status : await steps.submit(ready);
    if (ready.kind === "refused" || refusal !== undefined) return refusal;
    isOut = true;
    await note(context, mail, "submitted");
    await finish(context, mail, steps, ready);
    return undefined;
  } finally {
    if (!isOut) await note(context, mail, "forget");
  }
}

/** The mail is out already: whatever is in the way now, it was sent. */
async function resume<Ready>(
  context: CommandContext,
  mail: MailIdentity,
  steps: SendingSteps<Ready>,
): Promise<undefined> {
  const ready = await steps.prepare();
  if (ready.kind === "ready") await finish(context, mail, steps, ready);
  else await note(context, mail, "done");
}

async function finish<Ready>(
  context: CommandContext,
  mail: MailIdentity,
  steps: SendingSteps<Ready>,
  ready: Ready,
): Promise<void> {
  await steps.finish(ready);
  await note(context, mail, "done");
}

async function begin(context: CommandContext, mail: MailIdentity): Promise<Standing> {
  const { state, device, clock } = context;
  const nowMs = clock.now();
  return updateSentMail<Standing>(state, device.user, device.id, mail.clientId, (known) => {
    if (known !== undefined && known.fingerprint !== mail.fingerprint) return { result: "another-mail" };
    if (known !== undefined && known.state !== "sending") return { result: known.state };
    if (known !== undefined && Math.abs(nowMs - known.atMs) < longestSendingMs) return { result: "busy" };
    return { result: "new", note: entry(mail, "sending", nowMs) };
  });
}

/** Never throws: what a device is told of a mail does not depend on the memory of it. */
async function note(
  { state, device, clock, events }: CommandContext,
  mail: MailIdentity,
  standing: "submitted" | "done" | "forget",
): Promise<void> {
  try {
    await updateSentMail(state, device.user, device.id, mail.clientId, () => ({
      result: undefined,
      note: standing === "forget" ? "forget" : entry(mail, standing, clock.now()),
    }));
  } catch (error) {
    events.sourceFailed(error);
  }
}

function entry({ clientId, fingerprint }: MailIdentity, state: SentMail["state"], atMs: number): SentMail {
  return { clientId, state, atMs, ...(fingerprint === undefined ? {} : { fingerprint }) };
}
