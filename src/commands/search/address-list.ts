import { directoryOf } from "../../mailbox/abilities/directory.js";
import { element, Search } from "../../wbxml/index.js";
import type { CommandContext } from "../command.js";
import { searchDirectory } from "../searching/directory-search.js";
import { rangeText } from "../searching/result-range.js";
import { reachable } from "./reachable-range.js";
import type { AddressListRequest } from "./request.js";
import { SearchStatus, type StoreAnswer } from "./status.js";

/** Looks in the address list ([MS-ASCMD] 2.2.1.16). */
export async function searchAddressList(
  { text, range, photos }: AddressListRequest,
  context: CommandContext,
): Promise<StoreAnswer> {
  const directory = directoryOf(context.mailbox);
  if (directory === undefined) return { status: SearchStatus.Blocked };
  const within = reachable(range);
  if (within === undefined) return { status: SearchStatus.PastTheEnd };
  const { properties, total } = await searchDirectory(directory, { text, range: within, photos }, context);
  return {
    status: within === range ? SearchStatus.Success : SearchStatus.PastTheEnd,
    results: {
      elements: properties.map((one) => element(Search.Result, [element(Search.Properties, one)])),
      range: rangeText(within.first, properties.length),
      total,
    },
  };
}
