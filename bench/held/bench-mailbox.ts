import type {
  ChangePage,
  DatedPage,
  ItemVersion,
  Mailbox,
  MailboxChangeSource,
  MailboxFolder,
  MailboxItem,
  MailboxRef,
  WriteRefusal,
} from "direct-push";

const inbox: MailboxFolder = { id: "inbox", parentId: null, name: "Inbox", kind: "inbox" };
const mail: MailboxItem = {
  class: "Email",
  subject: "A mail",
  from: '"Alice" <alice@example.com>',
  to: "bob@example.com",
  dateReceivedMs: 0,
  read: false,
  body: { native: "plain", plain: { data: "Hello" } },
};
const refusal: WriteRefusal = { kind: "forbidden" };

/**
 * The cheapest mailbox that pushes: one folder for each user, holding as many mails as changes were made. What a back end would cost is not
 * what is measured here.
 */
export class BenchMailbox implements Mailbox, MailboxChangeSource {
  readonly #sequences = new Map<string, number>();
  readonly #watches = new Map<string, (folder: string) => void>();

  /** Adds a mail for a user and tells whoever watches. */
  change(user: string): void {
    this.#sequences.set(user, this.#sequence(user) + 1);
    this.#watches.get(user)?.("inbox");
  }

  async marker(mailbox: MailboxRef, folder: string): Promise<string> {
    return folder === "inbox" ? String(this.#sequence(mailbox.user)) : "tree";
  }

  async watch(
    mailbox: MailboxRef,
    _folders: readonly string[],
    onChange: (folder: string) => void,
  ): Promise<() => void> {
    this.#watches.set(mailbox.user, onChange);
    return () => {
      if (this.#watches.get(mailbox.user) === onChange) this.#watches.delete(mailbox.user);
    };
  }

  async folders(): Promise<readonly MailboxFolder[]> {
    return [inbox];
  }

  async changes(
    mailbox: MailboxRef,
    _folder: string,
    query: { readonly cursor: string | undefined; readonly limit: number },
  ): Promise<ChangePage> {
    const from = Number(query.cursor ?? 0);
    const to = Math.min(this.#sequence(mailbox.user), from + query.limit);
    const changes = Array.from({ length: to - from }, (_, index) => ({
      kind: "present" as const,
      id: `m${from + index + 1}`,
      version: "1",
    }));
    return { kind: "page", changes, cursor: String(to), more: to < this.#sequence(mailbox.user) };
  }

  async itemsDated(): Promise<DatedPage> {
    return { items: [], cursor: "", more: false };
  }

  async itemVersion(): Promise<ItemVersion | undefined> {
    return { version: "1" };
  }

  async item(): Promise<MailboxItem | undefined> {
    return mail;
  }

  async create(): Promise<WriteRefusal> {
    return refusal;
  }

  async update(): Promise<WriteRefusal> {
    return refusal;
  }

  async delete(): Promise<WriteRefusal> {
    return refusal;
  }

  async move(): Promise<WriteRefusal> {
    return refusal;
  }

  #sequence(user: string): number {
    return this.#sequences.get(user) ?? 0;
  }
}
