import type { HoldFolder, HoldRequest } from "../push/hold.js";
import type { CommandContext, CommandOutcome, CommandRequest } from "./command.js";
import { type DeviceRepeats, PingRepeats } from "./ping-repeats.js";
import { encodePing, type PingReply } from "./ping-reply.js";

// Process-local, one for each server: the negotiator lives as long as its server does.
const repeatsOfServer = new WeakMap<object, PingRepeats>();

/**
 * Answers a Ping that cannot be held. When the device was just given the same answer several times, this one is held back a little; the
 * hold is released like any other.
 */
export function refusePing(
  reply: PingReply,
  request: Pick<CommandRequest, "sequence">,
  context: CommandContext,
): CommandOutcome {
  const { clock, device, mailboxRef } = context;
  const nowMs = clock.monotonicNow();
  const delaySeconds = repeatsOf(context).of(deviceKey(context)).refused(reply.status, nowMs);
  const outcome: CommandOutcome = { kind: "document", document: encodePing(reply) };
  if (delaySeconds === 0) return outcome;
  return {
    kind: "hold",
    hold: {
      mailbox: mailboxRef,
      deviceId: device.id,
      command: "Ping",
      folders: [],
      isHeldBack: true,
      heartbeatSeconds: delaySeconds,
      receivedAtMs: nowMs,
      sequence: request.sequence,
      confirm: async () => false,
    },
    resume: () => outcome,
  };
}

/** Names the folders of a held Ping that have something to sync. */
export function reportChanges(
  folders: readonly string[],
  hold: HoldRequest,
  context: CommandContext,
  known: DeviceRepeats | undefined,
): CommandOutcome {
  const [first, ...others] = folders;
  if (first === undefined) return answerPing({ status: 1 }, context, known);
  noteReported(folders, hold, context, known);
  return { kind: "document", document: encodePing({ status: 2, folders: [first, ...others] }) };
}

function noteReported(
  changed: readonly string[],
  { folders }: HoldRequest,
  context: CommandContext,
  known: DeviceRepeats | undefined,
): void {
  let repeats = known ?? knownRepeats(context);
  for (const watched of folders) {
    if (!changed.includes(watched.folder)) continue;
    // Without a marker there is nothing to remember of it.
    if (watched.marker !== undefined) repeats ??= repeatsOf(context).of(deviceKey(context));
    repeats?.reported(watched);
  }
}

/** Those of the folders of which what was there when the Ping came has been reported often enough; undefined for none. */
export function foldersInVain(
  folders: readonly HoldFolder[],
  repeats: DeviceRepeats | undefined,
): Set<string> | undefined {
  if (repeats === undefined) return undefined;
  const inVain = folders.filter((watched) => repeats.isReportedInVain(watched));
  return inVain.length === 0 ? undefined : new Set(inVain.map(({ folder }) => folder));
}

/**
 * Gives a device the answer that it waited for; the row of its refusals is over.
 *
 * @param known what is remembered of the device, where the caller has it.
 */
export function answerPing(reply: PingReply, context: CommandContext, known?: DeviceRepeats): CommandOutcome {
  (known ?? knownRepeats(context))?.answered();
  return { kind: "document", document: encodePing(reply) };
}

/** What is remembered of the device of a request. A Ping that is held keeps it: many may be answered at once, and each look-up then costs. */
export function knownRepeats(context: CommandContext): DeviceRepeats | undefined {
  return repeatsOf(context).known(deviceKey(context));
}

function repeatsOf(context: CommandContext): PingRepeats {
  const known = repeatsOfServer.get(context.negotiator);
  if (known !== undefined) return known;
  const created = new PingRepeats();
  repeatsOfServer.set(context.negotiator, created);
  return created;
}

function deviceKey(context: CommandContext): string {
  return `${context.device.user}\0${context.device.id}`;
}
