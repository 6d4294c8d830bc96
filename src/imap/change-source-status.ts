import type { ImapFlow } from "imapflow";
import {
  type Attribute,
  atom,
  isList,
  pairsOf,
  runCommand,
  textOf,
  type Untagged,
} from "./imap-connections-command.js";
import { isAnswered } from "./imap-connections-failure.js";

/** What STATUS (RFC 3501, 6.3.10; RFC 7162, 3.1.7) tells of a folder, as far as it was told. */
export interface FolderStatus {
  readonly uidValidity?: string;
  readonly uidNext?: string;
  readonly messages?: string;
  /** Stands for flags where there is no `highestModseq`: it is all that tells of them. */
  readonly unseen?: string;
  /** Undefined on servers without CONDSTORE. */
  readonly highestModseq?: string;
}

const fields: Readonly<Record<string, keyof FolderStatus>> = {
  UIDVALIDITY: "uidValidity",
  UIDNEXT: "uidNext",
  MESSAGES: "messages",
  UNSEEN: "unseen",
  HIGHESTMODSEQ: "highestModseq",
};

/** The items to ask for. */
export function statusItems(hasCondstore: boolean): readonly string[] {
  return ["UIDVALIDITY", "UIDNEXT", "MESSAGES", hasCondstore ? "HIGHESTMODSEQ" : "UNSEEN"];
}

/** Reads an untagged STATUS: the folder's name as the server lists it, and what is told of it. */
export function readStatus({
  attributes: [name, list] = [],
}: Untagged): readonly [string, FolderStatus] | undefined {
  if (name === undefined || !isList(list)) return undefined;
  const status: { -readonly [Field in keyof FolderStatus]: FolderStatus[Field] } = {};
  for (const [key, value] of pairsOf(list as readonly Attribute[])) {
    const field = fields[key];
    if (field !== undefined) status[field] = textOf(value);
  }
  return [textOf(name), status];
}

/**
 * The marker of a folder in such a state; undefined when too little of it is told. A state that differs in any of these differs for devices; one that is equal
 * in all of them does not, but for flags on a server without CONDSTORE.
 */
export function markerOf(status: FolderStatus | undefined): string | undefined {
  if (status === undefined) return undefined;
  const { uidValidity, uidNext, messages, unseen, highestModseq } = status;
  const flags = highestModseq ?? (unseen === undefined ? undefined : `u${unseen}`);
  if (uidValidity === undefined || uidNext === undefined || messages === undefined || flags === undefined) {
    return undefined;
  }
  return `${uidValidity}.${uidNext}.${messages}.${flags}`;
}

/**
 * Asks for the state of one folder.
 *
 * @param told takes the untagged STATUS.
 * @returns whether the server has such a folder.
 */
export async function readFolderStatus(
  client: ImapFlow,
  { listedAs, selectable }: { readonly listedAs: string; readonly selectable: boolean },
  told: (response: Untagged) => void,
): Promise<boolean> {
  if (!selectable) return true;
  const items = statusItems(client.enabled.has("CONDSTORE")).map(atom);
  try {
    await runCommand(client, "STATUS", [{ type: "STRING", value: listedAs }, items], {
      STATUS: async (response) => told(response),
    });
    return true;
  } catch (error) {
    if (!isAnswered(error)) throw error;
    return false;
  }
}
