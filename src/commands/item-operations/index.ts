import { conversationsOf } from "../../mailbox/abilities/conversations.js";
import { emptyFolderOf } from "../../mailbox/abilities/empty-folder.js";
import { classOfFolder } from "../../sync-state/folder-class.js";
import {
  AirSync,
  bytesElement,
  element,
  ItemOperations,
  optionalText,
  textElement,
  type WbxmlElement,
} from "../../wbxml/index.js";
import type { Command, CommandContext, CommandOutcome, CommandRequest } from "../command.js";
import { answeringUnavailable } from "../unavailable.js";
import { AnswerContent } from "./answer-content.js";
import { answerFetch } from "./fetch.js";
import { type Operation, readOperations } from "./request.js";
import { ItemOperationsStatus } from "./status.js";

/** Most operations of one request ([MS-ASCMD] 3.1.5.10). */
const maxOperations = 100;

/** ItemOperations ([MS-ASCMD] 2.2.1.10): items and attachments one by one, and folders emptied. */
export const itemOperations: Command = {
  name: "ItemOperations",
  rootTag: ItemOperations.ItemOperations,
  statusTag: ItemOperations.Status,
  since: "12.1",
  needsPolicyKey: true,
  needsBody: true,
  run: answeringUnavailable(run),
};

async function run(request: CommandRequest, context: CommandContext): Promise<CommandOutcome> {
  const content = new AnswerContent(request.parameters.acceptMultiPart);
  const operations = readOperations(request.document, context.device.version);
  if (operations === undefined) return content.outcome(failure(ItemOperationsStatus.ProtocolError));
  if (operations.length > maxOperations) return content.outcome(failure(ItemOperationsStatus.TooLarge));
  const answers: WbxmlElement[] = [];
  for (const operation of operations) answers.push(await answer(operation, content, context));
  return content.outcome(
    element(ItemOperations.ItemOperations, [
      textElement(ItemOperations.Status, ItemOperationsStatus.Success),
      element(ItemOperations.Response, inSchemaOrder(answers)),
    ]),
  );
}

function failure(status: number): WbxmlElement {
  return element(ItemOperations.ItemOperations, [textElement(ItemOperations.Status, status)]);
}

const schemaOrder = [ItemOperations.Move, ItemOperations.EmptyFolderContents, ItemOperations.Fetch];

/** The schema wants the answers grouped; within a group they are in the order of the request. */
function inSchemaOrder(answers: readonly WbxmlElement[]): readonly WbxmlElement[] {
  return schemaOrder.flatMap((tag) => answers.filter((one) => one.tag === tag));
}

async function answer(
  operation: Operation,
  content: AnswerContent,
  context: CommandContext,
): Promise<WbxmlElement> {
  switch (operation.kind) {
    case "fetch":
      return await answerFetch(operation, content, context);
    case "empty-folder":
      return element(ItemOperations.EmptyFolderContents, [
        textElement(ItemOperations.Status, await emptyFolder(operation, context)),
        optionalText(AirSync.CollectionId, operation.folder),
      ]);
    case "move":
      return element(ItemOperations.Move, [
        textElement(ItemOperations.Status, await moveConversation(operation, context)),
        operation.conversationId && bytesElement(ItemOperations.ConversationId, operation.conversationId),
      ]);
  }
}

async function emptyFolder(
  { folder, withSubfolders }: Extract<Operation, { kind: "empty-folder" }>,
  { mailbox, mailboxRef }: CommandContext,
): Promise<number> {
  if (folder === undefined) return ItemOperationsStatus.ProtocolError;
  const result = await emptyFolderOf(mailbox)?.emptyFolder(mailboxRef, folder, { withSubfolders });
  switch (result?.kind) {
    case "emptied":
      return ItemOperationsStatus.Success;
    case "not-found":
      return ItemOperationsStatus.NotFound;
    case "forbidden":
      return ItemOperationsStatus.AccessDenied;
    case undefined:
      return ItemOperationsStatus.ServerError;
  }
}

/** What is wrong with the request is told first, whether or not the mailbox moves conversations ([MS-ASCON] 3.2.5.4). */
async function moveConversation(
  { conversationId, toFolder, always }: Extract<Operation, { kind: "move" }>,
  { mailbox, mailboxRef }: CommandContext,
): Promise<number> {
  if (conversationId === undefined || toFolder === undefined) return ItemOperationsStatus.ProtocolError;
  if (!always) return ItemOperationsStatus.MoveNotPersistent;
  const destination = (await mailbox.folders(mailboxRef)).find(({ id }) => id === toFolder);
  if (destination === undefined || classOfFolder(destination.kind) !== "Email")
    return ItemOperationsStatus.InvalidMoveDestination;
  const result = await conversationsOf(mailbox)?.moveConversation(mailboxRef, conversationId, toFolder);
  if (result?.kind === "moved") return ItemOperationsStatus.Success;
  return result?.kind === "not-found" ? ItemOperationsStatus.NotFound : ItemOperationsStatus.AccessDenied;
}
