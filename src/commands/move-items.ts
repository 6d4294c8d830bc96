import type { MailboxFolder } from "../mailbox/folder.js";
import { CommonStatus } from "../protocol/status.js";
import { type MovedItem, readMovedItems, rememberMovedItems } from "../state/moved-items.js";
import { classOfFolder } from "../sync-state/folder-class.js";
import { noteOwnMoves, whileMoving } from "../sync-state/own-moves.js";
import { Move } from "../wbxml/code-pages/move.js";
import type { WbxmlElement } from "../wbxml/element.js";
import { children, childText } from "../wbxml/reading.js";
import { element, optionalText, textElement } from "../wbxml/writing.js";
import type { Command, CommandContext, CommandOutcome, CommandRequest } from "./command.js";
import { answeringUnavailable } from "./unavailable.js";

/** Statuses of [MS-ASCMD] 2.2.3.177.10. */
const MoveStatus = {
  /** No such folder, or no such item in it. */
  InvalidSource: 1,
  /** No such folder, or one that takes no such items. */
  InvalidDestination: 2,
  Success: 3,
  SameFolder: 4,
  /** More than one destination; or the item cannot be moved. */
  CannotBeMoved: 5,
  /** Not now. */
  Retry: 7,
} as const;

/** Most moves of one request ([MS-ASCMD] 3.1.5.10). */
const maxMoves = 1_000;

interface ItemMove {
  readonly id: string;
  readonly folder: string;
  /** One, unless the request is wrong. */
  readonly toFolders: readonly string[];
}

interface MoveAnswer {
  readonly status: (typeof MoveStatus)[keyof typeof MoveStatus];
  readonly newId?: string;
}

/** What the moves of one request share. */
interface MoveWork {
  readonly context: CommandContext;
  readonly folders: readonly MailboxFolder[];
  /** What the device moved before. */
  readonly earlier: readonly MovedItem[];
  /** What this request has moved. */
  readonly moved: MovedItem[];
}

/**
 * MoveItems ([MS-ASCMD] 2.2.1.12). The next Syncs of the two folders tell that the item is gone from the one and came into the other, whatever
 * became of the answer: a device that never gets it then has what the mailbox has.
 */
export const moveItems: Command = {
  name: "MoveItems",
  rootTag: Move.MoveItems,
  statusTag: Move.Status,
  since: "12.1",
  needsPolicyKey: true,
  needsBody: true,
  run: answeringUnavailable(run),
};

async function run(
  { document, receivedAtMs }: CommandRequest,
  context: CommandContext,
): Promise<CommandOutcome> {
  const moves = decode(document);
  if (moves === undefined) return { kind: "common-status", status: CommonStatus.InvalidXml };
  const answers = await whileMoving(context, () => moveAll(moves, receivedAtMs, context));
  const responses = moves.map(({ id }, index) => encode(id, answers[index] ?? { status: MoveStatus.Retry }));
  return { kind: "document", document: element(Move.MoveItems, responses) };
}

/** Undefined for a document that is no such request. An empty folder id is one of no folder, and the other moves still count. */
function decode(document: WbxmlElement | undefined): readonly ItemMove[] | undefined {
  const elements = document?.tag === Move.MoveItems ? children(document, Move.Move) : [];
  if (elements.length === 0 || elements.length > maxMoves) return undefined;
  const moves: ItemMove[] = [];
  for (const move of elements) {
    const id = childText(move, Move.SrcMsgId)?.trim();
    const folder = childText(move, Move.SrcFldId)?.trim();
    const destinations = children(move, Move.DstFldId);
    if (!id || folder === undefined || destinations.length === 0) return undefined;
    const toFolders = destinations.map(({ content }) => (typeof content === "string" ? content.trim() : ""));
    moves.push({ id, folder, toFolders });
  }
  return moves;
}

/** Moves in the order of the request; what there is no time for is to be asked for again. */
async function moveAll(
  moves: readonly ItemMove[],
  receivedAtMs: number,
  context: CommandContext,
): Promise<readonly MoveAnswer[]> {
  const { clock, device, mailbox, mailboxRef, options, state } = context;
  const work: MoveWork = {
    context,
    folders: await mailbox.folders(mailboxRef),
    earlier: await readMovedItems(state, device.user, device.id),
    moved: [],
  };
  const answers: MoveAnswer[] = [];
  try {
    for (const move of moves) {
      if (clock.monotonicNow() - receivedAtMs > options.syncTimeBudgetMs) break;
      answers.push(await moveOne(move, work));
    }
  } finally {
    if (work.moved.length > 0) await takeNote(work.moved, context);
  }
  return answers;
}

/** They are moved, whether or not that can be noted: the answer says so in any case. */
async function takeNote(moved: readonly MovedItem[], context: CommandContext): Promise<void> {
  const { device, state } = context;
  const ignore = (): undefined => undefined;
  await rememberMovedItems(state, device.user, device.id, moved).catch(ignore);
  const left = groupIds(moved.map(({ folder, id }) => [folder, id]));
  const arrived = groupIds(moved.map(({ toFolder, newId }) => [toFolder, newId]));
  for (const [folder, ids] of left) await noteOwnMoves(context, folder, "out", ids).catch(ignore);
  for (const [folder, ids] of arrived) await noteOwnMoves(context, folder, "in", ids).catch(ignore);
}

function groupIds(entries: readonly (readonly [folder: string, id: string])[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [folder, id] of entries) {
    const ids = groups.get(folder);
    if (ids === undefined) groups.set(folder, [id]);
    else ids.push(id);
  }
  return groups;
}

async function moveOne({ id, folder, toFolders }: ItemMove, work: MoveWork): Promise<MoveAnswer> {
  const [toFolder = "", ...others] = toFolders;
  if (others.length > 0) return { status: MoveStatus.CannotBeMoved };
  const source = work.folders.find((one) => one.id === folder);
  const destination = work.folders.find((one) => one.id === toFolder);
  if (source === undefined) return { status: MoveStatus.InvalidSource };
  if (destination === undefined || !takesFrom(destination, source)) {
    return { status: MoveStatus.InvalidDestination };
  }
  if (source === destination) return { status: MoveStatus.SameFolder };
  const { mailbox, mailboxRef } = work.context;
  const result = await mailbox.move(mailboxRef, folder, id, toFolder);
  switch (result.kind) {
    case "moved":
      work.moved.push({ folder, id, toFolder, newId: result.id });
      return { status: MoveStatus.Success, newId: result.id };
    case "not-found":
      return movedBefore({ folder, id, toFolder }, work);
    case "invalid":
      return { status: MoveStatus.InvalidDestination };
    case "forbidden":
    case "quota-exceeded":
      return { status: MoveStatus.CannotBeMoved };
    case "version-mismatch":
      return { status: MoveStatus.Retry };
  }
}

/** Devices only read the recipient cache. */
function takesFrom(destination: MailboxFolder, source: MailboxFolder): boolean {
  if ([destination.kind, source.kind].includes("recipient-cache")) return false;
  return classOfFolder(destination.kind) === classOfFolder(source.kind);
}

/** The answer for an item that is not there: the device may repeat a move whose answer was lost ([MS-ASCMD] 3.1.5.9). */
async function movedBefore(
  { folder, id, toFolder }: Omit<MovedItem, "newId">,
  { context, earlier, moved }: MoveWork,
): Promise<MoveAnswer> {
  const isSame = (move: MovedItem): boolean => move.folder === folder && move.id === id;
  const now = moved.findLast(isSame);
  // A request that names two destinations for one item.
  if (now !== undefined && now.toFolder !== toFolder) return { status: MoveStatus.CannotBeMoved };
  const move = now ?? earlier.findLast(isSame);
  if (move?.toFolder !== toFolder) return { status: MoveStatus.InvalidSource };
  const isThere = await context.mailbox.itemVersion(context.mailboxRef, toFolder, move.newId);
  return isThere === undefined
    ? { status: MoveStatus.InvalidSource }
    : { status: MoveStatus.Success, newId: move.newId };
}

function encode(id: string, { status, newId }: MoveAnswer): WbxmlElement {
  return element(Move.Response, [
    textElement(Move.SrcMsgId, id),
    textElement(Move.Status, status),
    optionalText(Move.DstMsgId, newId),
  ]);
}
