import { directoryOf } from "../../mailbox/abilities/directory.js";
import { searchOf } from "../../mailbox/abilities/mail-search.js";
import { beginSearch, isCurrentSearch } from "../../state/current-search.js";
import { element, Find, ItemOperations, textElement, type WbxmlElement } from "../../wbxml/index.js";
import type { Command, CommandContext, CommandOutcome, CommandRequest } from "../command.js";
import { rangeText } from "../searching/result-range.js";
import { answeringUnavailable } from "../unavailable.js";
import { findItems } from "./items.js";
import { findPeople } from "./people.js";
import { type FindRequest, readFind } from "./request.js";
import { FindStatus } from "./status.js";

/** Find ([MS-ASCMD] 2.2.1.2): mails by a query in the Keyword Query Language, and people of the organization's address list. */
export const find: Command = {
  name: "Find",
  rootTag: Find.Find,
  statusTag: Find.Status,
  since: "16.1",
  needsPolicyKey: true,
  needsBody: true,
  supportedBy: (mailbox) => searchOf(mailbox) !== undefined || directoryOf(mailbox) !== undefined,
  run: answeringUnavailable(run),
};

async function run(request: CommandRequest, context: CommandContext): Promise<CommandOutcome> {
  const read = readFind(request.document);
  const document = read === undefined ? failure(FindStatus.InvalidRequest) : await answer(read, context);
  return { kind: "document", document };
}

async function answer(read: FindRequest, context: CommandContext): Promise<WbxmlElement> {
  const { state, device } = context;
  const { range, ...search } = read;
  if (range.first > 0 && !(await isCurrentSearch(state, device.user, device.id, [search]))) {
    return response(FindStatus.NotFromTheStart);
  }
  const found = read.kind === "items" ? await findItems(read, context) : await findPeople(read, context);
  if (typeof found === "number") return failure(found);
  if (range.first === 0) await beginSearch(state, device.user, device.id, [search]);
  return response(FindStatus.Success, [
    ...found.results,
    textElement(Find.Range, rangeText(range.first, found.covered)),
    textElement(Find.Total, found.total),
  ]);
}

function response(status: number, found: readonly WbxmlElement[] = []): WbxmlElement {
  return element(Find.Find, [
    textElement(Find.Status, FindStatus.Success),
    element(Find.Response, [
      textElement(ItemOperations.Store, "Mailbox"),
      textElement(Find.Status, status),
      ...found,
    ]),
  ]);
}

function failure(status: number): WbxmlElement {
  return element(Find.Find, [textElement(Find.Status, status)]);
}
