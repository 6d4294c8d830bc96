import type { WbxmlElement } from "../../../../src/wbxml/index.js";
import type { BenchWishes } from "../command-context.js";
import { addCommand, type CollectionAnswer, SyncBench } from "./sync-bench.js";

/** A phone that writes into one folder, and the mailbox that keeps it. */
export class FolderBench extends SyncBench {
  key = "";
  readonly #folder: string;

  constructor(folder: string, wishes: BenchWishes) {
    super(wishes);
    this.#folder = folder;
  }

  /** Sets the folder up on the phone. */
  async setUp(): Promise<this> {
    await this.folderSync();
    this.key = await this.all(this.#folder);
    return this;
  }

  /** Syncs the folder with some commands, and takes the new key. */
  async up(commands: readonly WbxmlElement[], wishes: BenchWishes = {}): Promise<CollectionAnswer> {
    const answer = await this.one({ id: this.#folder, key: this.key, commands }, wishes);
    this.key = answer.key;
    return answer;
  }

  /** Adds an item; its id. */
  async add(data: readonly WbxmlElement[], clientId: string): Promise<string> {
    await this.up([addCommand(clientId, data)]);
    const id = this.ids().at(-1);
    if (id === undefined) throw new Error(`Nothing was stored in ${this.#folder}`);
    return id;
  }

  ids(folder = this.#folder, user = this.user): readonly string[] {
    return [...this.mailbox.snapshot(user, folder).keys()];
  }
}
