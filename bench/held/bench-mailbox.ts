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
  readonly #users = new Map<string, { sequence: number; onChange: OnChange | undefined }>();
  readonly #tellsArrivals: boolean;

  /** @param tellsArrivals whether it says that a change is a mail that arrived, as a source that knows does. */
  constructor(tellsArrivals: boolean) {
    this.#tellsArrivals = tellsArrivals;
  }

  /** Adds a mail for a user and tells whoever watches. */
  change(user: string): void {
    const known = this.#user(user);
    known.sequence += 1;
    const arrival = { marker: String(known.sequence), dateReceivedMs: Date.now() };
    known.onChange?.("inbox", this.#tellsArrivals ? arrival : undefined);
  }

  async marker(mailbox: MailboxRef, folder: string): Promise<string> {
    return folder === "inbox" ? String(this.#user(mailbox.user).sequence) : "tree";
  }

  async watch(mailbox: MailboxRef, _folders: readonly string[], onChange: OnChange): Promise<() => void> {
    const known = this.#user(mailbox.user);
    known.onChange = onChange;
    return () => {
      if (known.onChange === onChange) known.onChange = undefined;
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
    const to = Math.min(this.#user(mailbox.user).sequence, from + query.limit);
    const changes = Array.from({ length: to - from }, (_, index) => ({
      kind: "present" as const,
      id: `m${from + index + 1}`,
      version: "1",
    }));
    return { kind: "page", changes, cursor: String(to), more: to < this.#user(mailbox.user).sequence };
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

  #user(user: string): { sequence: number; onChange: OnChange | undefined } {
    const known = this.#users.get(user);
    if (known !== undefined) return known;
    const made = { sequence: 0, onChange: undefined };
    this.#users.set(user, made);
    return made;
  }
}
