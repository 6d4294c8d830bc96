import { directoryOf } from "../../mailbox/abilities/directory.js";
import { element, Find } from "../../wbxml/index.js";
import type { CommandContext } from "../command.js";
import { searchDirectory } from "../searching/directory-search.js";
import type { FindPeople } from "./request.js";
import { type FindAnswer, FindStatus } from "./status.js";

/** Looks in the address list. */
export async function findPeople(request: FindPeople, context: CommandContext): Promise<FindAnswer> {
  const directory = directoryOf(context.mailbox);
  if (directory === undefined) return FindStatus.InvalidRequest;
  const { properties, total } = await searchDirectory(directory, request, context);
  return {
    results: properties.map((one) => element(Find.Result, [element(Find.Properties, one)])),
    covered: properties.length,
    total,
  };
}
