import type { DirectPush } from "../direct-push.js";
import type { EasRequest } from "../http/exchange.js";
import type { ProtocolVersion } from "../protocol/version.js";
import { childText, encode, FolderHierarchy, type WbxmlElement } from "../wbxml/index.js";
import {
  type DeviceSyncResult,
  type DeviceSyncWishes,
  folderSyncRequest,
  type PingWishes,
  pingRequest,
  provisionAcknowledgement,
  provisionRequest,
  readPolicyKey,
  readSyncResult,
  syncRequest,
} from "./in-process-device-documents.js";
import { base64Query, hasCode, plainQuery } from "./in-process-device-query.js";
import { type DeviceAnswer, type DeviceExchange, exchangeInProcess } from "./in-process-exchange.js";

/** Who an {@link InProcessDevice} is. */
export interface InProcessDeviceOptions {
  /** Default `alice@example.com`. */
  readonly user?: string;
  /** Default `alice`. */
  readonly password?: string;
  /** Default `DEVICE1`. */
  readonly deviceId?: string;
  /** Default `TestPhone`. */
  readonly deviceType?: string;
  /** Default `16.1`. */
  readonly version?: ProtocolVersion;
  /** Default `InProcess/1.0`. */
  readonly userAgent?: string;
  /** Default `plain`. */
  readonly queryForm?: "plain" | "base64";
  /** The address that the server sees. Default `192.0.2.1`. */
  readonly remoteAddress?: string;
}

/** What of a request differs from the device's usual one. */
export interface RequestChanges {
  readonly method?: string;
  readonly url?: string;
  /** Laid over the usual headers; undefined removes one. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: EasRequest["body"];
}

/**
 * A scripted phone that speaks to a server without sockets: for tests of the server, and of the mailbox and the change source behind it. It
 * does what it is told and nothing of its own accord.
 */
export class InProcessDevice {
  readonly #directPush: Pick<DirectPush, "serve">;
  readonly #options: Required<InProcessDeviceOptions>;
  readonly #syncKeys = new Map<string, string>();
  #folderSyncKey = "0";

  /** Sent with every command but Ping; {@link provision} sets it. Undefined: none is sent. */
  policyKey: number | undefined = undefined;

  /** @param directPush the server, or whatever carries requests to one. */
  constructor(directPush: Pick<DirectPush, "serve">, options: InProcessDeviceOptions = {}) {
    this.#directPush = directPush;
    this.#options = {
      user: "alice@example.com",
      password: "alice",
      deviceId: "DEVICE1",
      deviceType: "TestPhone",
      version: "16.1",
      userAgent: "InProcess/1.0",
      queryForm: "plain",
      remoteAddress: "192.0.2.1",
      ...options,
    };
  }

  /** The key of the last FolderSync that succeeded; `0` before the first. */
  get folderSyncKey(): string {
    return this.#folderSyncKey;
  }

  /** The key that the next {@link sync} of a folder presents; `0` before the first. */
  syncKeyOf(collectionId: string): string {
    return this.#syncKeys.get(collectionId) ?? "0";
  }

  /** Presents another key at the next {@link sync} of a folder: an older one is what a device does whose answer was lost. */
  setSyncKey(collectionId: string, syncKey: string): void {
    this.#syncKeys.set(collectionId, syncKey);
  }

  /** Sends OPTIONS. */
  options(): Promise<DeviceAnswer> {
    return this.send("OPTIONS", undefined, { method: "OPTIONS", url: "/Microsoft-Server-ActiveSync" }).answer;
  }

  /** Sends any command; without a document its body is empty. */
  command(name: string, document?: WbxmlElement): Promise<DeviceAnswer> {
    return this.send(name, document).answer;
  }

  /** Sends a Ping, or one without a body when nothing is wished. */
  ping(wishes?: PingWishes): DeviceExchange {
    return this.send("Ping", wishes === undefined ? undefined : pingRequest(wishes));
  }

  /** Sends FolderSync with the key of the last one, or another, and remembers the new key. */
  async folderSync(syncKey: string = this.#folderSyncKey): Promise<DeviceAnswer> {
    const answer = await this.command("FolderSync", folderSyncRequest(syncKey));
    if (childText(answer.document, FolderHierarchy.Status) === "1") {
      this.#folderSyncKey = childText(answer.document, FolderHierarchy.SyncKey) ?? this.#folderSyncKey;
    }
    return answer;
  }

  /** Syncs one folder with the key of the last time, and remembers the new one. */
  async sync(collectionId: string, wishes: DeviceSyncWishes = {}): Promise<DeviceSyncResult> {
    const document = syncRequest(collectionId, this.syncKeyOf(collectionId), wishes);
    return this.#readSync(collectionId, await this.command("Sync", document));
  }

  /**
   * {@link sync} until the folder says that there is no more; starts with key 0 where there is no key.
   *
   * @throws Error when the server promises more and gives the same key again: a phone would ask for ever.
   */
  async syncAll(collectionId: string, wishes: DeviceSyncWishes = {}): Promise<readonly DeviceSyncResult[]> {
    const results: DeviceSyncResult[] = [];
    if (this.syncKeyOf(collectionId) === "0") results.push(await this.sync(collectionId));
    for (;;) {
      const presentedKey = this.syncKeyOf(collectionId);
      const result = await this.sync(collectionId, wishes);
      results.push(result);
      if (!result.moreAvailable) return results;
      if (this.syncKeyOf(collectionId) === presentedKey) {
        throw new Error(`MoreAvailable with the same key, ${presentedKey}, and Status ${result.status}`);
      }
    }
  }

  /** Sends a Sync that the server may hold (`waitSeconds`); the new key is not remembered. */
  hangingSync(collectionId: string, wishes: DeviceSyncWishes): DeviceExchange {
    return this.send("Sync", syncRequest(collectionId, this.syncKeyOf(collectionId), wishes));
  }

  /** Goes through both phases of Provision, and keeps the key. Returns the answer to the acknowledgement. */
  async provision(): Promise<DeviceAnswer> {
    this.policyKey = 0;
    const first = await this.command("Provision", provisionRequest(this.#options.version, this.#options));
    const temporary = readPolicyKey(first.document);
    if (temporary === undefined) return first;
    this.policyKey = temporary;
    const second = await this.command("Provision", provisionAcknowledgement(temporary));
    this.policyKey = readPolicyKey(second.document) ?? temporary;
    return second;
  }

  /** Sends a command with whatever of its request changed. */
  send(command: string, document?: WbxmlElement, changes: RequestChanges = {}): DeviceExchange {
    const body = document === undefined ? new Uint8Array(0) : encode(document);
    return this.raw({ url: this.#url(command), headers: this.#headers(command, body), body }, changes);
  }

  /** Sends a request as it is, but for `changes`. */
  raw(
    request: Partial<Pick<EasRequest, "method" | "url" | "headers" | "body">>,
    changes: RequestChanges = {},
  ): DeviceExchange {
    return exchangeInProcess(this.#directPush, {
      method: changes.method ?? request.method ?? "POST",
      url: changes.url ?? request.url ?? "/Microsoft-Server-ActiveSync",
      headers: { ...request.headers, ...changes.headers },
      body: changes.body ?? request.body ?? new Uint8Array(0),
      remoteAddress: this.#options.remoteAddress,
      raw: undefined,
    });
  }

  /** A command without a code has the plain form alone. */
  #isPlain(command: string): boolean {
    return this.#options.queryForm === "plain" || !hasCode(command);
  }

  #url(command: string): string {
    const device = this.#options;
    const policyKey = command === "Ping" ? undefined : this.policyKey;
    const query = this.#isPlain(command)
      ? plainQuery(command, device)
      : base64Query(command, { ...device, policyKey });
    return `/Microsoft-Server-ActiveSync?${query}`;
  }

  #headers(command: string, body: Uint8Array): EasRequest["headers"] {
    const { user, password, version, userAgent } = this.#options;
    const isPlain = this.#isPlain(command);
    const sendsKey = isPlain && command !== "Ping" && this.policyKey !== undefined;
    return {
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
      "user-agent": userAgent,
      "content-length": String(body.length),
      ...(body.length > 0 && { "content-type": "application/vnd.ms-sync.wbxml" }),
      ...(isPlain && { "ms-asprotocolversion": version }),
      ...(sendsKey && { "x-ms-policykey": String(this.policyKey) }),
    };
  }

  #readSync(collectionId: string, answer: DeviceAnswer): DeviceSyncResult {
    const result = readSyncResult(answer, collectionId);
    if (result.syncKey !== undefined) this.#syncKeys.set(collectionId, result.syncKey);
    return result;
  }
}
