import { isAtLeast } from "../../protocol/version.js";
import type { AppliedCommand } from "../../state/collection-record.js";
import type { WbxmlElement } from "../../wbxml/index.js";
import { repeatedAppointment } from "./add-appointment.js";
import { announced } from "./announce-item.js";
import { applyAdd } from "./apply-add.js";
import { applyDelete } from "./apply-delete.js";
import { changeAddedDraft, repeatDraft } from "./apply-draft.js";
import { applyItemChange } from "./apply-item-change.js";
import type { CollectionWork, CommandResult } from "./collection-work.js";
import { commandHash } from "./command-hash.js";
import { responseTo, type WritingCommand } from "./command-response.js";
import { draftDesk } from "./compose-draft.js";
import { fetchItem } from "./fetch-item.js";
import { SyncStatus } from "./status.js";

/** Between the id of a series and that of an occurrence; no id contains it. */
const instanceMark = "\n";

/** What the client commands of a collection came to. */
export interface CommandResults {
  /** Children of Responses, in the order of the commands. */
  readonly responses: readonly WbxmlElement[];
  /** Items to be sent because the device's copy is not the server's. */
  readonly recheck: readonly string[];
  /** Commands that took effect now or, in a repeated request, before. */
  readonly applied: number;
}

/**
 * Applies the client commands of a collection, in their order. One that took effect before, in a request whose answer was lost, is answered
 * alike and not applied again. What was applied is noted in `work.applied` and `work.own` at once, so that it is known even if
 * a later command throws.
 */
export async function applyCommands(work: CollectionWork): Promise<CommandResults> {
  const responses: WbxmlElement[] = [];
  const recheck: string[] = [];
  const clientIds = new Map<string, string>();
  let applied = 0;
  for (const command of work.collection.commands) {
    if (command.kind === "fetch") {
      responses.push(await fetchItem(command.serverId, work));
      continue;
    }
    const hash = commandHash(command.element);
    const isDuplicate = command.kind === "add" && (clientIds.get(command.clientId) ?? hash) !== hash;
    if (command.kind === "add") clientIds.set(command.clientId, hash);
    const result = isDuplicate ? { status: SyncStatus.ProtocolError } : await applyOnce(command, hash, work);
    if (result.status === SyncStatus.Success) applied += 1;
    const id = command.kind === "add" ? result.serverId : command.serverId;
    if (result.recheck === true && id !== undefined) recheck.push(id);
    const response = responseTo(command, result);
    if (response !== undefined) responses.push(response);
  }
  return { responses, recheck, applied };
}

async function applyOnce(
  command: WritingCommand,
  hash: string,
  work: CollectionWork,
): Promise<CommandResult> {
  const name = commandName(command);
  const earlier = work.applied.findLast((entry) => entry.command === name);
  // One without a hash took effect, and is still to be announced.
  const isDone = earlier !== undefined && earlier.hash !== "";
  const isRepeat = isDone && (earlier.hash === hash || command.kind === "delete");
  const earlierId = command.kind === "add" ? earlier?.serverId : command.serverId;
  // The device went on editing what it had sent: its own earlier change is none that this one is in conflict with.
  const own = earlierId === undefined ? undefined : lastApplied(earlierId, work)?.item;
  if (!isRepeat && earlierId !== undefined && own !== undefined) work.own.set(earlierId, own);
  // Meanwhile someone else may have changed or removed what the device is now told that it has.
  const result: CommandResult = isRepeat
    ? await repeated(command, earlier, work)
    : await applyAnew(command, earlier?.serverId, work);
  const id = command.kind === "add" ? result.serverId : command.serverId;
  if (id !== undefined && result.item !== undefined) work.own.set(id, result.item);
  if (isRepeat) return result;
  const { announcement } = result;
  if (announcement === undefined) {
    noteApplied(name, hash, result, work);
    return result;
  }
  // Should the announcement throw, the device's change is known to be stored, and a repeat goes on with it.
  noteApplied(name, hash, { ...result, isKept: true }, work);
  const told = await announced(result, announcement, command.kind, work);
  work.applied.pop();
  if (id !== undefined && told.item !== undefined) work.own.set(id, told.item);
  noteApplied(name, hash, told, work);
  return told;
}

function noteApplied(name: string, hash: string, result: CommandResult, work: CollectionWork): void {
  if (result.status !== SyncStatus.Success && result.isKept !== true) return;
  const { serverId, item } = result;
  work.applied.push({
    command: name,
    // What failed is tried again when it is repeated.
    hash: result.isKept === true ? "" : hash,
    ...(serverId === undefined ? undefined : { serverId }),
    ...(item === undefined ? undefined : { item }),
  });
}

async function repeated(
  command: WritingCommand,
  earlier: AppliedCommand,
  work: CollectionWork,
): Promise<CommandResult> {
  const id = command.kind === "add" ? earlier.serverId : command.serverId;
  const told = id === undefined ? {} : await repeatedData(command, id, work);
  return { ...earlier, ...told, status: SyncStatus.Success, recheck: earlier.item !== null };
}

async function repeatedData(
  command: WritingCommand,
  id: string,
  work: CollectionWork,
): Promise<Pick<CommandResult, "data">> {
  const { itemClass } = work.session;
  if (itemClass === "Email" && command.kind !== "delete") return repeatDraft(command, id, work);
  const isOfServer = itemClass === "Calendar" && isAtLeast(work.context.device.version, "16.0");
  return isOfServer && command.kind === "add" ? repeatedAppointment(id, work) : {};
}

async function applyAnew(
  command: WritingCommand,
  createdBefore: string | undefined,
  work: CollectionWork,
): Promise<CommandResult> {
  switch (command.kind) {
    case "add":
      return createdBefore === undefined
        ? applyAdd(command, work)
        : changeCreated(command, createdBefore, work);
    case "change":
      return applyItemChange(command, work);
    case "delete":
      return applyDelete(command, work);
  }
}

/** The device never learned that its item was stored, and went on editing it. */
async function changeCreated(
  command: Extract<WritingCommand, { kind: "add" }>,
  createdBefore: string,
  work: CollectionWork,
): Promise<CommandResult> {
  const { applicationData, element: sent } = command;
  const desk = work.session.itemClass === "Email" ? await draftDesk(work) : undefined;
  const change = { serverId: createdBefore, applicationData, instanceId: undefined, element: sent } as const;
  const result =
    desk === undefined
      ? await applyItemChange({ kind: "change", ...change }, work)
      : await changeAddedDraft(command, createdBefore, desk, work);
  const { serverId = createdBefore } = result;
  // Gone or changed by others meanwhile: the device is told of its item, and then what became of it.
  if (result.status === SyncStatus.ObjectNotFound || result.status === SyncStatus.Conflict) {
    return { ...result, serverId, status: SyncStatus.Success };
  }
  if (result.status !== SyncStatus.Success) return result;
  return { ...result, serverId, ...(desk === undefined && (await repeatedData(command, serverId, work))) };
}

/** The last command that took effect on an item. */
function lastApplied(serverId: string, work: CollectionWork): AppliedCommand | undefined {
  return work.applied.findLast(({ command, ...entry }) => {
    const [itemId] = command.slice(1).split(instanceMark);
    return entry.item !== undefined && (entry.serverId ?? itemId) === serverId;
  });
}

function commandName(command: WritingCommand): string {
  if (command.kind === "add") return `+${command.clientId}`;
  const instance = command.instanceId === undefined ? "" : `${instanceMark}${command.instanceId}`;
  return `${command.kind === "change" ? "=" : "-"}${command.serverId}${instance}`;
}
