import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createDirectPush, type DirectPush } from "direct-push";
import {
  EasClient,
  type EasClientState,
  mailSummary,
  type SyncCommand,
  type SyncOptions,
  type SyncPage,
} from "direct-push/client";
import { toNodeHandler } from "direct-push/node";
import { childText, Email } from "direct-push/wbxml";
import type { Dovecot } from "./dovecot.js";
import { type ImapSite, imapSite } from "./imap-mailbox-site.js";

/** A Direct Push server in front of a Dovecot, on a port, and phones. */
export class ImapPhoneSite {
  readonly imap: ImapSite;
  readonly #directPush: DirectPush;
  readonly #server: Server;
  readonly #phones: EasClient[] = [];

  private constructor(imap: ImapSite, directPush: DirectPush, server: Server) {
    this.imap = imap;
    this.#directPush = directPush;
    this.#server = server;
  }

  static async start(dovecot: Dovecot): Promise<ImapPhoneSite> {
    const imap = imapSite(dovecot);
    const directPush = createDirectPush({
      mailbox: imap.mailbox,
      // These phones ask by themselves.
      source: { marker: async () => "", watch: async () => () => {} },
      authenticate: async (attempt) =>
        attempt.kind === "basic" ? { kind: "user", user: attempt.user } : { kind: "refused" },
    });
    const server = createServer(toNodeHandler(directPush));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new ImapPhoneSite(imap, directPush, server);
  }

  /** A phone of a user; with the state of another it is that phone, as it was then. */
  phone(
    user: string,
    details: { readonly state?: EasClientState; readonly options?: SyncOptions } = {},
  ): Phone {
    const { state, options = {} } = details;
    const { port } = this.#server.address() as AddressInfo;
    const items: PhoneItems = new Map();
    const client = new EasClient({
      url: `http://127.0.0.1:${port}`,
      user,
      authorization: { kind: "basic", password: "any" },
      device: { id: `PHONE${user}`, type: "Test" },
      syncOptions: () => options,
      apply: (page) => take(items, page),
      ...(state === undefined ? {} : { state }),
    });
    this.#phones.push(client);
    return new Phone(client, items);
  }

  async close(): Promise<void> {
    for (const phone of this.#phones) phone.close();
    await this.#directPush.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.imap.connections.close();
  }
}

/** What a phone shows of a mail. */
export interface PhoneMail {
  readonly subject: string | undefined;
  readonly read: boolean | undefined;
}

type PhoneItems = Map<string, Map<string, PhoneMail>>;

function take(items: PhoneItems, { folder, isStart, added, changed, deleted, filteredOut }: SyncPage): void {
  const known = isStart ? new Map<string, PhoneMail>() : (items.get(folder.id) ?? new Map());
  items.set(folder.id, known);
  for (const item of added) {
    if (known.has(item.serverId)) throw new Error(`${item.serverId} was added twice`);
    known.set(item.serverId, mailOf(item));
  }
  for (const item of changed) {
    const before = known.get(item.serverId);
    if (before === undefined) throw new Error(`${item.serverId} was changed and is not there`);
    const { subject = before.subject, read = before.read } = mailOf(item);
    known.set(item.serverId, { subject, read });
  }
  for (const id of [...deleted, ...filteredOut]) known.delete(id);
}

function mailOf(item: SyncPage["added"][number]): PhoneMail {
  const read = childText(item.data, Email.Read);
  return { subject: mailSummary(item).subject, read: read === undefined ? undefined : read === "1" };
}

/** A phone that syncs when it is told to. */
export class Phone {
  readonly client: EasClient;
  readonly #items: PhoneItems;

  constructor(client: EasClient, items: PhoneItems) {
    this.client = client;
    this.#items = items;
  }

  /** The id of a folder, by its name. */
  async folder(name: string): Promise<string> {
    const synced = await this.client.folderSync();
    if (synced.kind !== "synced") throw new Error(`FolderSync: ${JSON.stringify(synced)}`);
    const folder = synced.folders.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (folder === undefined) throw new Error(`no ${name} among ${synced.folders.map((one) => one.name)}`);
    return folder.id;
  }

  /** Syncs a folder to its end; the mails in it then, by their ids. */
  async sync(folder: string, ...commands: readonly SyncCommand[]): Promise<ReadonlyMap<string, PhoneMail>> {
    const synced = await this.client.sync(folder, { commands });
    if (synced.kind !== "synced") throw new Error(`Sync: ${JSON.stringify(synced)}`);
    const failed = synced.responses.filter(({ status }) => status !== 1);
    if (failed.length > 0) throw new Error(`Sync: ${JSON.stringify(failed)}`);
    // What it does itself it is not told of.
    for (const command of commands) {
      if (command.kind === "delete") this.#items.get(folder)?.delete(command.serverId);
    }
    return new Map(this.#items.get(folder));
  }

  /** The mails of a folder by their subjects, when they were synced last. */
  mails(folder: string): Readonly<Record<string, PhoneMail & { readonly id: string }>> {
    const mails = [...(this.#items.get(folder) ?? [])];
    return Object.fromEntries(mails.map(([id, mail]) => [mail.subject ?? "", { ...mail, id }]));
  }
}
