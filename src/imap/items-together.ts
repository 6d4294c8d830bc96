import type { ImapFlow } from "imapflow";
import type { EmailItem } from "../mailbox/items/email.js";
import type { ItemState } from "../mailbox/mailbox.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { isAnswered } from "./imap-connections-failure.js";
import type { ImapFolders } from "./imap-folders.js";
import { type MessageId, readItemId } from "./items-id.js";

/** A reading of one message. */
export interface MessageQuestion<Q> {
  readonly uid: number;
  readonly question: Q;
}

/** Answers questions about messages of the selected folder, in their order. */
type Answer<Q, A> = (
  client: ImapFlow,
  questions: readonly MessageQuestion<Q>[],
) => Promise<readonly (A | undefined)[]>;

interface Asked<Q, A> {
  readonly id: MessageId;
  readonly question: Q;
  resolve(answer: A | undefined): void;
  reject(error: unknown): void;
}

/** Answers what is asked about messages of one folder in one turn of the event loop together: a folder is selected once for all of them. */
export class ReadTogether<Q, A extends EmailItem | ItemState> {
  readonly #folders: ImapFolders;
  readonly #answer: Answer<Q, A>;
  readonly #asked = new Map<string, Asked<Q, A>[]>();

  constructor(folders: ImapFolders, answer: Answer<Q, A>) {
    this.#folders = folders;
    this.#answer = answer;
  }

  /** The answer about an item; undefined when the folder has none of that id. */
  async ask(mailbox: MailboxRef, folder: string, item: string, question: Q): Promise<A | undefined> {
    const id = readItemId(item);
    if (id === undefined) return undefined;
    return await new Promise((resolve, reject) => {
      const key = JSON.stringify([mailbox.user, folder]);
      const asked = { id, question, resolve, reject };
      const others = this.#asked.get(key);
      if (others !== undefined) {
        others.push(asked);
        return;
      }
      this.#asked.set(key, [asked]);
      setImmediate(() => void this.#work(mailbox, folder, key));
    });
  }

  async #work(mailbox: MailboxRef, folder: string, key: string): Promise<void> {
    const asked = this.#asked.get(key) ?? [];
    this.#asked.delete(key);
    try {
      await this.#read(mailbox, folder, asked);
    } catch (error) {
      // The server may have no answer to one of them; the others are to have theirs.
      if (isAnswered(error) && asked.length > 1) await this.#readAlone(mailbox, folder, asked);
      else for (const { reject } of asked) reject(error);
    }
  }

  async #readAlone(mailbox: MailboxRef, folder: string, asked: readonly Asked<Q, A>[]): Promise<void> {
    for (const one of asked) await this.#read(mailbox, folder, [one]).catch(one.reject);
  }

  async #read(mailbox: MailboxRef, folder: string, asked: readonly Asked<Q, A>[]): Promise<void> {
    const done = await this.#folders.inFolder(
      mailbox,
      folder,
      async (client, { uidValidity }) => {
        const present = asked.filter(({ id }) => id.uidValidity === uidValidity);
        const questions = present.map(({ id, question }) => ({ uid: id.uid, question }));
        const answers = questions.length === 0 ? [] : await this.#answer(client, questions);
        return new Map(present.map((one, index) => [one, answers[index]]));
      },
      { readOnly: true, mayBeOpen: true },
    );
    for (const one of asked) one.resolve(done.kind === "done" ? done.value.get(one) : undefined);
  }
}
