import type { ImapFlow } from "imapflow";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { type FolderStatus, readStatus, statusItems } from "./change-source-status.js";
import type { ImapConnections } from "./imap-connections.js";
import { atom, runCommand, type Untagged } from "./imap-connections-command.js";
import { isRefused } from "./imap-connections-failure.js";

/** From so many folders on they are asked about all at once, where the server can. */
const LIST_FROM = 4;

/** Questions about folders of one user that came together. */
interface Batch {
  readonly names: Set<string>;
  readonly statuses: Promise<ReadonlyMap<string, FolderStatus>>;
}

/** Asks for the state of folders through the pool: questions that come together go through one connection. */
export class StatusReader {
  readonly #connections: ImapConnections;
  readonly #batches = new Map<string, Batch>();

  constructor(connections: ImapConnections) {
    this.#connections = connections;
  }

  /**
   * The state of a folder; undefined when there is none of that name.
   *
   * @param listedAs its name as the server writes it.
   */
  async status(mailbox: MailboxRef, listedAs: string): Promise<FolderStatus | undefined> {
    let batch = this.#batches.get(mailbox.user);
    if (batch === undefined) {
      const names = new Set<string>();
      batch = { names, statuses: this.#read(mailbox, names) };
      this.#batches.set(mailbox.user, batch);
    }
    batch.names.add(listedAs);
    return (await batch.statuses).get(listedAs);
  }

  async #read(mailbox: MailboxRef, names: ReadonlySet<string>): Promise<ReadonlyMap<string, FolderStatus>> {
    // Whatever else is asked in this turn of the event loop comes along.
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#batches.delete(mailbox.user);
    return await this.#connections.use(mailbox, (client) => read(client, names), { repeatable: true });
  }
}

async function read(
  client: ImapFlow,
  names: ReadonlySet<string>,
): Promise<ReadonlyMap<string, FolderStatus>> {
  const statuses = new Map<string, FolderStatus>();
  const untagged = {
    STATUS: async (response: Untagged): Promise<void> => {
      const told = readStatus(response);
      if (told !== undefined && names.has(told[0])) statuses.set(...told);
    },
    LIST: async (): Promise<void> => {},
  };
  // The state of a folder that is selected may be as old as the last command in it.
  if (client.mailbox !== false) await client.noop();
  const items = statusItems(client.enabled.has("CONDSTORE")).map(atom);
  if (names.size >= LIST_FROM && client.capabilities.has("LIST-STATUS")) {
    await runCommand(client, "LIST", ["", "*", atom("RETURN"), [atom("STATUS"), items]], untagged);
    return statuses;
  }
  for (const name of names) {
    try {
      await runCommand(client, "STATUS", [{ type: "STRING", value: name }, items], untagged);
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
  }
  return statuses;
}
