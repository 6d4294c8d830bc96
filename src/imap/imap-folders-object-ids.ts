import type { ImapFlow } from "imapflow";
import { atom, isList, pairsOf, runCommand, textOf, type Untagged } from "./imap-connections-command.js";
import { isAnswered, isRefused } from "./imap-connections-failure.js";

/** What the server says of folders by itself: names as it lists them, with their ids and validities. */
export interface ObjectIds {
  readonly ids: ReadonlyMap<string, string>;
  readonly uidValidities: ReadonlyMap<string, bigint>;
}

/** The STATUS item by which this server tells ids that outlast a rename; undefined when it has none. */
function itemOf(client: ImapFlow): string | undefined {
  if (client.capabilities.has("OBJECTID")) return "MAILBOXID";
  // Dovecot has had it for long, and announces it nowhere.
  return client.serverInfo?.name === "Dovecot" ? "X-GUID" : undefined;
}

/**
 * Asks for the ids and validities of folders, with one command where the server has LIST-STATUS (RFC 5819).
 *
 * @param names as the server lists them.
 */
export async function readObjectIds(client: ImapFlow, names: readonly string[]): Promise<ObjectIds> {
  const item = itemOf(client);
  if (item === undefined) return await read(client, names, ["UIDVALIDITY"]);
  try {
    return await read(client, names, ["UIDVALIDITY", item]);
  } catch (error) {
    if (!isAnswered(error)) throw error;
    return await read(client, names, ["UIDVALIDITY"]);
  }
}

async function read(
  client: ImapFlow,
  names: readonly string[],
  items: readonly string[],
): Promise<ObjectIds> {
  const ids = new Map<string, string>();
  const uidValidities = new Map<string, bigint>();
  const untagged = {
    STATUS: async ({ attributes: [name, list] = [] }: Untagged): Promise<void> => {
      if (!isList(list)) return;
      const path = textOf(name);
      for (const [key, value] of pairsOf(list)) {
        if (key === "UIDVALIDITY") uidValidities.set(path, BigInt(textOf(value)));
        else ids.set(path, textOf(isList(value) ? value[0] : value));
      }
    },
    LIST: async (): Promise<void> => {},
  };
  const wanted = items.map(atom);
  if (client.capabilities.has("LIST-STATUS")) {
    await runCommand(client, "LIST", ["", "*", atom("RETURN"), [atom("STATUS"), wanted]], untagged);
    return { ids, uidValidities };
  }
  for (const name of names) {
    try {
      await runCommand(client, "STATUS", [{ type: "STRING", value: name }, wanted], untagged);
    } catch (error) {
      // A folder that went away meanwhile; but what the server does not understand at all is told.
      if (!isRefused(error)) throw error;
    }
  }
  return { ids, uidValidities };
}
