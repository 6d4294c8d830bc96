import { folderCreate } from "../../../src/commands/folder-create.js";
import { folderDelete } from "../../../src/commands/folder-delete.js";
import { folderSync } from "../../../src/commands/folder-sync.js";
import { folderUpdate } from "../../../src/commands/folder-update.js";
import { ping } from "../../../src/commands/ping.js";
import {
  child,
  children,
  childText,
  element,
  FolderHierarchy,
  Ping,
  textElement,
  type WbxmlElement,
} from "../../../src/wbxml/index.js";
import { type BenchWishes, type CommandBench, documentOf, type SentCommand } from "./command-context.js";

const { SyncKey, ServerId, ParentId, DisplayName, Type, Status } = FolderHierarchy;

/** A document of one of the folder commands: its root, and the text of each child that is not undefined. */
export function folderRequest(root: number, parts: readonly (readonly [number, unknown])[]): WbxmlElement {
  const present = parts.filter(([, text]) => text !== undefined);
  return element(
    root,
    present.map(([tag, text]) => textElement(tag, String(text))),
  );
}

export const createRequest = (key: unknown, parent: unknown, name: unknown, type: unknown): WbxmlElement =>
  folderRequest(FolderHierarchy.FolderCreate, [
    [SyncKey, key],
    [ParentId, parent],
    [DisplayName, name],
    [Type, type],
  ]);

export const updateRequest = (key: unknown, id: unknown, parent: unknown, name: unknown): WbxmlElement =>
  folderRequest(FolderHierarchy.FolderUpdate, [
    [SyncKey, key],
    [ServerId, id],
    [ParentId, parent],
    [DisplayName, name],
  ]);

export const deleteRequest = (key: unknown, id: unknown): WbxmlElement =>
  folderRequest(FolderHierarchy.FolderDelete, [
    [SyncKey, key],
    [ServerId, id],
  ]);

/** What a folder command answered. */
export interface FolderAnswer {
  readonly status: string | undefined;
  readonly key: string | undefined;
  readonly id: string | undefined;
}

function folderAnswer(sent: SentCommand): FolderAnswer {
  const document = documentOf(sent);
  return {
    status: childText(document, Status),
    key: childText(document, SyncKey),
    id: childText(document, ServerId),
  };
}

/** What a device's next FolderSync tells it. */
export interface ToldFolders {
  readonly status: string | undefined;
  readonly key: string;
  readonly added: readonly string[];
  readonly updated: readonly string[];
  readonly deleted: readonly string[];
}

/** One device of the bench's user that changes folders. */
export class FolderPhone {
  readonly #bench: CommandBench;
  readonly #wishes: BenchWishes;
  key = "0";

  constructor(bench: CommandBench, wishes: BenchWishes = {}) {
    this.#bench = bench;
    this.#wishes = wishes;
  }

  /** FolderSync; remembers the key of the answer. */
  async sync(): Promise<ToldFolders> {
    const request = folderRequest(FolderHierarchy.FolderSync, [[SyncKey, this.key]]);
    const document = documentOf(await this.#bench.send(folderSync, request, this.#wishes));
    const changes = child(document, FolderHierarchy.Changes);
    const ids = (tag: number): string[] =>
      children(changes, tag).map((folder) => childText(folder, ServerId) ?? "");
    this.key = childText(document, SyncKey) ?? this.key;
    return {
      status: childText(document, Status),
      key: this.key,
      added: ids(FolderHierarchy.Add),
      updated: ids(FolderHierarchy.Update),
      deleted: ids(FolderHierarchy.Delete),
    };
  }

  create(parent: unknown, name: unknown, type: unknown = 12): Promise<FolderAnswer> {
    return this.send(createRequest(this.key, parent, name, type));
  }

  update(id: unknown, parent: unknown, name: unknown): Promise<FolderAnswer> {
    return this.send(updateRequest(this.key, id, parent, name));
  }

  delete(id: unknown): Promise<FolderAnswer> {
    return this.send(deleteRequest(this.key, id));
  }

  /** Sends a request of one of the three commands; the key of a success is remembered. */
  async send(request: WbxmlElement): Promise<FolderAnswer> {
    const answer = await this.lose(request);
    this.key = answer.key ?? this.key;
    return answer;
  }

  /** Sends a request whose answer the device never gets. */
  async lose(request: WbxmlElement): Promise<FolderAnswer> {
    return folderAnswer(await this.sendRaw(request));
  }

  sendRaw(request: WbxmlElement): Promise<SentCommand> {
    const command = [folderCreate, folderUpdate].find(({ rootTag }) => rootTag === request.tag);
    return this.#bench.send(command ?? folderDelete, request, this.#wishes);
  }

  /** The Status of a Ping for the inbox, or `held`. */
  async ping(): Promise<string | undefined> {
    return pingStatus(await this.holdPing());
  }

  holdPing(): Promise<SentCommand> {
    const request = element(Ping.Ping, [
      textElement(Ping.HeartbeatInterval, 480),
      element(Ping.Folders, [
        element(Ping.Folder, [textElement(Ping.Id, "inbox"), textElement(Ping.Class, "Email")]),
      ]),
    ]);
    return this.#bench.send(ping, request, this.#wishes);
  }
}

/** The Status of a Ping's answer, or `held`. */
export function pingStatus(sent: SentCommand): string | undefined {
  return sent.outcome === undefined ? "held" : childText(documentOf(sent), Ping.Status);
}
