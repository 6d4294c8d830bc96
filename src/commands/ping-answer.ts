import type { HoldFolder, HoldRequest } from "../push/hold.js";
import type { CommandContext, CommandOutcome, CommandRequest } from "./command.js";
import { PingRepeats } from "./ping-repeats.js";
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
  const delaySeconds = repeatsOf(context).refused(deviceKey(context), reply.status, nowMs);
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
): CommandOutcome {
  const [first, ...others] = folders;
  if (first === undefined) return answerPing({ status: 1 }, context);
  const changed = hold.folders.filter(({ folder }) => folders.includes(folder));
  repeatsOf(context).reported(deviceKey(context), changed);
  return { kind: "document", document: encodePing({ status: 2, folders: [first, ...others] }) };
}

/** Those of the folders of which what was there when the Ping came has been reported often enough; undefined for none. */
export function foldersInVain(
  folders: readonly HoldFolder[],
  context: CommandContext,
): Set<string> | undefined {
  const repeats = repeatsOf(context);
  const device = deviceKey(context);
  const inVain = folders.filter(({ folder, marker }) => repeats.isReportedInVain(device, folder, marker));
  return inVain.length === 0 ? undefined : new Set(inVain.map(({ folder }) => folder));
}

/** Gives a device the answer that it waited for; the row of its refusals is over. */
export function answerPing(reply: PingReply, context: CommandContext): CommandOutcome {
  repeatsOf(context).answered(deviceKey(context));
  return { kind: "document", document: encodePing(reply) };
}

/** Notes that a device has waited out its interval. */
export function noteWaited(context: CommandContext): void {
  repeatsOf(context).waited(deviceKey(context));
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
