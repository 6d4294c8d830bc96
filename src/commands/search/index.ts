import { directoryOf } from "../../mailbox/abilities/directory.js";
import { searchOf } from "../../mailbox/abilities/mail-search.js";
import { CommonStatus } from "../../protocol/status.js";
import { element, Search, textElement, type WbxmlElement } from "../../wbxml/index.js";
import type { Command, CommandContext, CommandOutcome, CommandRequest } from "../command.js";
import { answeringUnavailable, isUnavailable } from "../unavailable.js";
import { searchAddressList } from "./address-list.js";
import { searchMailbox } from "./mailbox.js";
import { readSearch, type SearchRequest } from "./request.js";
import { SearchStatus, type StoreAnswer } from "./status.js";

/** Search ([MS-ASCMD] 2.2.1.16): items of the mailbox by words, dates and folders, and people of the organization's address list. */
export const search: Command = {
  name: "Search",
  rootTag: Search.Search,
  statusTag: Search.Status,
  since: "12.1",
  needsPolicyKey: true,
  needsBody: true,
  supportedBy: (mailbox) => searchOf(mailbox) !== undefined || directoryOf(mailbox) !== undefined,
  run: answeringUnavailable(run),
};

async function run(request: CommandRequest, context: CommandContext): Promise<CommandOutcome> {
  const read = readSearch(request.document, context.device.version);
  if (read === undefined) return { kind: "common-status", status: CommonStatus.InvalidXml };
  return { kind: "document", document: encode(await answer(read, context)) };
}

async function answer(read: SearchRequest, context: CommandContext): Promise<StoreAnswer> {
  try {
    switch (read.kind) {
      case "refused":
        return { status: read.status };
      case "mailbox":
        return await searchMailbox(read, context);
      case "address-list":
        return await searchAddressList(read, context);
    }
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    context.events.sourceFailed(error);
    return { status: isTimeout(error) ? SearchStatus.TimedOut : SearchStatus.ServerError };
  }
}

function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && error.code === "ERR_CALL_TIMEOUT") || isTimeout(error.cause);
}

function encode({ status, results }: StoreAnswer): WbxmlElement {
  const store = element(Search.Store, [
    textElement(Search.Status, status),
    ...(results === undefined
      ? []
      : [
          ...(results.elements.length > 0 ? results.elements : [element(Search.Result, [])]),
          textElement(Search.Range, results.range),
          textElement(Search.Total, results.total),
        ]),
  ]);
  return element(Search.Search, [
    textElement(Search.Status, SearchStatus.Success),
    element(Search.Response, [store]),
  ]);
}
