import type {
  ChangePage,
  DatedPage,
  ItemVersion,
  Mailbox,
  MailboxChangeSource,
  MailboxFolder,
  MailboxItem,
  MailboxRef,
  OnChange,
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
  readonly #watches = new Map<string, OnChange>();
  readonly #tellsArrivals: boolean;

  /** @param tellsArrivals whether it says that a change is a mail that arrived, as a source that knows does. */
  constructor(tellsArrivals: boolean) {
    this.#tellsArrivals = tellsArrivals;
  }

  /** Adds a mail for a user and tells whoever watches. */
  change(user: string): void {
    const sequence = this.#sequence(user) + 1;
    this.#sequences.set(user, sequence);
    const arrival = { marker: String(sequence), dateReceivedMs: Date.now() };
    this.#watches.get(user)?.("inbox", this.#tellsArrivals ? arrival : undefined);
  }

  async marker(mailbox: MailboxRef, folder: string): Promise<string> {
    return folder === "inbox" ? String(this.#sequence(mailbox.user)) : "tree";
  }

  async watch(mailbox: MailboxRef, _folders: readonly string[], onChange: OnChange): Promise<() => void> {
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
