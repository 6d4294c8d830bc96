import { EasClient, type SyncCommand, type SyncPage } from "../../../src/client/index.js";
import { isAtLeast, type ProtocolVersion } from "../../../src/protocol/version.js";
import { childText, decode, encode, Ping, type WbxmlElement } from "../../../src/wbxml/index.js";
import { until } from "../../contract/deadline.js";
import { send, type WireAnswer, type WireExchange } from "../../contract/wire.js";
import { document, type Tree, textOf, treeOf } from "../devices/tree.js";
import { type DiscoveryForm, findServer } from "./find-server.js";
import { type MailService, password } from "./mail-service.js";

/** What a Sync of one folder brought. */
export interface Brought {
  readonly added: readonly { readonly id: string; readonly data: Tree }[];
  readonly changed: readonly { readonly id: string; readonly data: Tree }[];
  readonly deleted: readonly string[];
}

/** A phone that does what it is told: the library's client, and a Ping of its own that can be looked at while it is held. */
export class ScriptedPhone {
  readonly version: ProtocolVersion;
  readonly #service: MailService;
  readonly #address: string;
  readonly #id: string;
  readonly #url: URL;
  readonly #client: EasClient;
  readonly #pages: SyncPage[] = [];
  #ping: WireExchange | undefined;
  #pingAnswer: WireAnswer | undefined;

  private constructor(
    service: MailService,
    address: string,
    id: string,
    version: ProtocolVersion,
    url: string,
  ) {
    this.version = version;
    this.#service = service;
    this.#address = address;
    this.#id = id;
    this.#url = new URL(url);
    this.#client = new EasClient({
      url,
      user: address,
      authorization: { kind: "basic", password },
      device: { id, type: "Scripted" },
      versions: [version],
      apply: (page) => void this.#pages.push(page),
    });
  }

  /** Sets the account up from the address alone, and syncs the folders. */
  static async setUp(
    service: MailService,
    address: string,
    id: string,
    version: ProtocolVersion,
    form: DiscoveryForm,
  ): Promise<ScriptedPhone> {
    const phone = new ScriptedPhone(service, address, id, version, await findServer(service, address, form));
    const { kind } = await phone.#client.folderSync();
    if (kind !== "synced") throw new Error(`FolderSync: ${kind}`);
    for (const folder of phone.#client.folders) if (folder.class !== undefined) await phone.sync(folder.id);
    return phone;
  }

  /** The id of the folder of a kind or a name. */
  folder(kindOrName: string): string {
    const found = this.#client.folders.find(({ kind, name }) => kind === kindOrName || name === kindOrName);
    if (found === undefined) throw new Error(`There is no ${kindOrName}`);
    return found.id;
  }

  /** Syncs a folder to its end. */
  async sync(folder: string, commands: readonly SyncCommand[] = []): Promise<Brought> {
    this.#pages.length = 0;
    const result = await this.#client.sync(folder, { commands });
    if (result.kind !== "synced") throw new Error(`Sync of ${folder}: ${JSON.stringify(result)}`);
    for (const response of result.responses) {
      if (response.status !== 1) throw new Error(`Sync of ${folder}: ${JSON.stringify(response)}`);
    }
    const items = (pick: (page: SyncPage) => SyncPage["added"]): Brought["added"] =>
      this.#pages.flatMap(pick).map(({ serverId, data }) => ({ id: serverId, data: treeOf(data) as Tree }));
    return {
      added: items(({ added }) => added),
      changed: items(({ changed }) => changed),
      deleted: this.#pages.flatMap(({ deleted }) => deleted),
    };
  }

  /** Sends any command with a document. */
  async command(name: string, tree: Tree): Promise<Tree | undefined> {
    const answer = await this.#client.command(name, document(tree));
    if (answer.kind !== "answer") throw new Error(`${name}: ${JSON.stringify(answer)}`);
    return treeOf(answer.document);
  }

  /** Sends a message: as it is up to 12.1, in a document after that. */
  async sendMail(
    command: "SendMail" | "SmartReply",
    clientId: string,
    message: Buffer,
    source?: { readonly folder: string; readonly item: string },
  ): Promise<void> {
    if (isAtLeast(this.version, "14.0")) {
      const about: readonly Tree[] =
        source === undefined ? [] : [["Source", ["FolderId", source.folder], ["ItemId", source.item]]];
      const answer = await this.command(command, [
        `ComposeMail:${command}`,
        ["ClientId", clientId],
        ["SaveInSentItems"],
        ...about,
        ["Mime", message],
      ]);
      if (answer !== undefined) throw new Error(`${command}: ${JSON.stringify(answer)}`);
      return;
    }
    const about = source === undefined ? "" : `&CollectionId=${source.folder}&ItemId=${source.item}`;
    const answer = await (await this.#raw(command, `${about}&SaveInSent=T`, message, "message/rfc822"))
      .answer;
    if (answer.status !== 200 || answer.body.length > 0) throw new Error(`${command}: HTTP ${answer.status}`);
  }

  /** Fetches an attachment: by GetAttachment in 12.1, by ItemOperations after that. */
  async attachment(fileReference: string): Promise<Buffer> {
    if (!isAtLeast(this.version, "14.0")) {
      const name = `&AttachmentName=${encodeURIComponent(fileReference)}`;
      return (await (await this.#raw("GetAttachment", name)).answer).body;
    }
    const fetched = await this.command("ItemOperations", [
      "ItemOperations:ItemOperations",
      ["Fetch", ["Store", "Mailbox"], ["AirSyncBase:FileReference", fileReference]],
    ]);
    return Buffer.from(textOf(fetched, "Data") ?? "", "base64");
  }

  /** Sends a Ping and waits until it is held. */
  async hold(...folders: readonly string[]): Promise<void> {
    const before = this.#service.heldCount;
    const tree: Tree = [
      "Ping:Ping",
      ["HeartbeatInterval", "900"],
      ["Folders", ...folders.map((id): Tree => ["Folder", ["Id", id], ["Class", "Email"]])],
    ];
    const body = Buffer.from(encode(document(tree)));
    const ping = await this.#raw("Ping", "", body, "application/vnd.ms-sync.wbxml");
    this.#ping = ping;
    this.#pingAnswer = undefined;
    void ping.answer.then(
      (answer) => {
        if (this.#ping === ping) this.#pingAnswer = answer;
      },
      () => undefined,
    );
    await until("the Ping to be held", () => this.#service.heldCount > before);
  }

  get isHeld(): boolean {
    return this.#ping !== undefined && this.#pingAnswer === undefined;
  }

  /** The folders that the Ping's answer names, in order of their ids. */
  async told(): Promise<readonly string[]> {
    await until("the Ping to be answered", () => this.#pingAnswer !== undefined);
    const answer = decode(this.#pingAnswer?.body ?? Buffer.alloc(0));
    if (childText(answer, Ping.Status) !== "2") throw new Error(`Ping: ${JSON.stringify(treeOf(answer))}`);
    this.#ping = undefined;
    return foldersOf(answer);
  }

  /** Closes the socket of the Ping. */
  letGo(): void {
    this.#ping?.fin();
    this.#ping = undefined;
  }

  close(): void {
    this.letGo();
    this.#client.close();
  }

  #raw(command: string, parameters: string, body?: Buffer, type?: string): Promise<WireExchange> {
    const query = `Cmd=${command}&User=${encodeURIComponent(this.#address)}&DeviceId=${this.#id}&DeviceType=Scripted`;
    return send(
      { port: Number(this.#url.port), protocol: "http" },
      {
        path: `${this.#url.pathname}?${query}${parameters}`,
        headers: {
          authorization: `Basic ${Buffer.from(`${this.#address}:${password}`).toString("base64")}`,
          "ms-asprotocolversion": this.version,
          ...(command !== "Ping" && { "x-ms-policykey": String(this.#client.state.policyKey) }),
          ...(type !== undefined && { "content-type": type }),
        },
        ...(body !== undefined && { body }),
      },
    );
  }
}

function foldersOf(ping: WbxmlElement): readonly string[] {
  const [, ...folders] = (treeOf(ping)?.[2] ?? ["Folders"]) as Tree;
  return folders.map((folder) => String((folder as Tree)[1])).sort();
}
