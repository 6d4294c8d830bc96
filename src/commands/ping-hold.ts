import type { HoldFolder, HoldOutcome, HoldRequest } from "../push/hold.js";
import { HIERARCHY, type MailboxRef } from "../push/mailbox-change-source.js";
import type { PingCache, PingCacheFolder } from "../state/device-record.js";
import type { HierarchyGeneration } from "../state/hierarchy-record.js";
import { hasPendingChanges, pingState } from "../sync-state/pending.js";
import type { CommandContext, CommandOutcome, CommandRequest } from "./command.js";
import { PingRepeats } from "./ping-repeats.js";
import { encodePing, type PingReply } from "./ping-reply.js";
import { isTreeOutdated } from "./tree-outdated.js";

/** The folders of a Ping by what can be watched. */
export interface SortedFolders {
  /** Folders that the device has synced, with the marker behind its last Sync. */
  readonly watched: readonly HoldFolder[];
  /** Folders that it had synced and whose state is gone: a Sync finds out and starts over. */
  readonly lost: readonly string[];
}

/** A Ping that passed every check. */
export interface HeldPing extends SortedFolders {
  readonly tree: HierarchyGeneration;
  /** What the device asked for. */
  readonly askedSeconds: number;
  /** When it is answered, in seconds from its arrival. */
  readonly answerAfterSeconds: number;
}

// Process-local, one for each server: the negotiator lives as long as its server does.
const repeatsOfServer = new WeakMap<object, PingRepeats>();

/**
 * Sorts the folders of a Ping. Folders that are gone are left out, and so are those that the device never synced: devices list them before
 * their first Sync, and reporting them would go round in circles.
 */
export async function sortFolders(
  folders: readonly PingCacheFolder[],
  tree: HierarchyGeneration,
  cache: PingCache | undefined,
  context: CommandContext,
): Promise<SortedFolders> {
  const known = new Set(tree.folders.map(({ id }) => id));
  const wasSynced = new Set(cache?.folders.filter(({ synced }) => synced).map(({ id }) => id));
  const present = folders.filter(({ id }) => known.has(id));
  const states = await Promise.all(
    present.map(async ({ id }) => ({ id, state: await pingState(context, id) })),
  );
  const watched: HoldFolder[] = [];
  const lost: string[] = [];
  for (const { id, state } of states) {
    if (state.kind === "synced") watched.push({ folder: id, marker: state.marker });
    else if (wasSynced.has(id)) lost.push(id);
  }
  return { watched, lost };
}

/**
 * Holds a Ping until a folder or the folder tree changes; answers at once when the state of a folder is lost. There may be many held: what
 * stays is the folders with their markers and the context, nothing of the request and nothing of the folder tree.
 */
export function holdPing(held: HeldPing, request: CommandRequest, context: CommandContext): CommandOutcome {
  const [lost, ...others] = held.lost;
  if (lost !== undefined) return answer({ status: 2, folders: [lost, ...others] }, context);
  const treeMarker = held.tree.version === context.device.version ? held.tree.marker : undefined;
  const tree: HoldFolder = { folder: HIERARCHY, marker: treeMarker };
  // Joined by concat: an array that was built piece by piece keeps spare places.
  return new HoldingPing([tree].concat(held.watched), held, request, context);
}

/**
 * A held Ping, as the server and as the coordinator see it: one object without closures, because there may be many. What the first of its
 * questions about each folder is about is in `inVain`: folders whose state of when the Ping came has been reported often enough.
 */
class HoldingPing implements HoldRequest {
  readonly folders: readonly HoldFolder[];
  readonly heartbeatSeconds: number;
  readonly askedSeconds: number;
  readonly receivedAtMs: number;
  readonly sequence: number;
  readonly #context: CommandContext;
  readonly #inVain: Set<string> | undefined;

  constructor(
    folders: readonly HoldFolder[],
    { answerAfterSeconds, askedSeconds }: Pick<HeldPing, "answerAfterSeconds" | "askedSeconds">,
    { receivedAtMs, sequence }: Pick<CommandRequest, "receivedAtMs" | "sequence">,
    context: CommandContext,
  ) {
    this.folders = folders;
    this.heartbeatSeconds = answerAfterSeconds;
    this.askedSeconds = askedSeconds;
    this.receivedAtMs = receivedAtMs;
    this.sequence = sequence;
    this.#context = context;
    this.#inVain = foldersInVain(folders, context);
  }

  get kind(): "hold" {
    return "hold";
  }

  get hold(): HoldRequest {
    return this;
  }

  get mailbox(): MailboxRef {
    return this.#context.mailboxRef;
  }

  get deviceId(): string {
    return this.#context.device.id;
  }

  get command(): "Ping" {
    return "Ping";
  }

  async confirm(folder: string): Promise<boolean> {
    if (folder === HIERARCHY) return isTreeOutdated(this.#context);
    if (this.#inVain?.delete(folder)) return false;
    return hasPendingChanges(this.#context, folder);
  }

  resume(outcome: HoldOutcome): CommandOutcome {
    return resume(outcome, this, this.#context);
  }
}

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

function resume(outcome: HoldOutcome, request: HoldRequest, context: CommandContext): CommandOutcome {
  switch (outcome.kind) {
    case "changed":
      return outcome.folders.includes(HIERARCHY)
        ? refusePing({ status: 7 }, request, context)
        : answer(changedReply(outcome.folders, request, context), context);
    case "recalled":
      return refusePing({ status: 7 }, request, context);
    case "failed":
      // Status 8 makes some devices ping again at once: one that comes while the mailbox is down is asked to wait a while instead.
      return outcome.wasHeld
        ? refusePing({ status: 8 }, request, context)
        : { kind: "unavailable", error: outcome.error };
    case "expired":
      repeatsOf(context).waited(deviceKey(context));
      return answer({ status: 1 }, context);
    default:
      // Superseded and closing: a device takes 1 for a quiet interval and pings again.
      return answer({ status: 1 }, context);
  }
}

function changedReply(folders: readonly string[], hold: HoldRequest, context: CommandContext): PingReply {
  const [first, ...others] = folders;
  if (first === undefined) return { status: 1 };
  const markers = new Map(hold.folders.map(({ folder, marker }) => [folder, marker]));
  for (const folder of folders) repeatsOf(context).reported(deviceKey(context), folder, markers.get(folder));
  return { status: 2, folders: [first, ...others] };
}

/** Folders of which what was there when the Ping came has been reported often enough. */
function foldersInVain(folders: readonly HoldFolder[], context: CommandContext): Set<string> | undefined {
  const repeats = repeatsOf(context);
  const device = deviceKey(context);
  const inVain = folders.filter(({ folder, marker }) => repeats.isReportedInVain(device, folder, marker));
  return inVain.length === 0 ? undefined : new Set(inVain.map(({ folder }) => folder));
}

function answer(reply: PingReply, context: CommandContext): CommandOutcome {
  repeatsOf(context).answered(deviceKey(context));
  return { kind: "document", document: encodePing(reply) };
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
