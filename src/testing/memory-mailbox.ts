import { type Clock, systemClock } from "../clock.js";
import type { MailboxDrafts, ReplacedDraft } from "../mailbox/abilities/drafts.js";
import type {
  AddFolderRefusal,
  FolderWish,
  MailboxFolderWriting,
  RemoveFolderRefusal,
  UpdateFolderRefusal,
} from "../mailbox/abilities/folder-writing.js";
import type { MailboxLastVerb } from "../mailbox/abilities/last-verb.js";
import type { MailboxFolder } from "../mailbox/folder.js";
import { itemState, journalEpoch } from "../mailbox/folder-journal.js";
import type { EmailItem, LastVerb } from "../mailbox/items/email.js";
import type { MailboxItem } from "../mailbox/items/item.js";
import type {
  ChangePage,
  ChangeQuery,
  DatedPage,
  DatedQuery,
  ItemState,
  ItemUpdate,
  ItemVersion,
  ItemView,
  Mailbox,
  MailboxUserInformation,
  WriteRefusal,
  WrittenItem,
} from "../mailbox/mailbox.js";
import type { MailboxChangeSource, MailboxRef, OnChange } from "../push/mailbox-change-source.js";
import { MemoryFaults } from "./memory-faults.js";
import { addFolder, removeFolder, updateFolder } from "./memory-folder-writing.js";
import { type MemoryContentMethod, MemoryMailboxContents } from "./memory-mailbox-contents.js";
import type { MemoryLookupMethod } from "./memory-mailbox-lookups.js";
import { ParsedMessages } from "./memory-messages.js";
import type { MemoryPerson } from "./memory-recipients.js";
import type { MemorySettingsMethod } from "./memory-settings.js";
import { MemorySubmission } from "./memory-submission.js";

/** Settings of a {@link MemoryMailbox}. */
export interface MemoryMailboxOptions {
  /** Dates what is delivered. Default: the system's clock. */
  readonly clock?: Clock;
  /** Part of ids, versions and cursors, so that none fits a mailbox of another run. At most 16 letters and digits; random by default. */
  readonly epoch?: string;
  /** How many parsed mails are kept ready. Default 256. */
  readonly parsedMessages?: number;
  /** The addresses of a user. Default: the user's name alone. */
  readonly addresses?: (user: string) => readonly string[];
  /** The address list of all users. Default: everyone who has a mailbox by then. */
  readonly people?: readonly MemoryPerson[];
  /** Certificates of authorities that are trusted beside those of Node, each as DER. Default: none. */
  readonly authorities?: readonly Uint8Array[];
}

/** A call that a {@link MemoryMailbox} counts and that can be made to fail. */
export type MemoryMailboxMethod =
  | keyof Mailbox
  | keyof MailboxChangeSource
  | keyof MailboxDrafts
  | keyof MailboxFolderWriting
  | keyof MailboxLastVerb
  | keyof MailboxUserInformation
  | MemorySettingsMethod
  | MemoryContentMethod
  | MemoryLookupMethod
  | "submit";

/**
 * A mail server in memory: the reference of what {@link Mailbox} and {@link MailboxChangeSource} ask for, a test double, and the store of
 * the demo. Users are there as soon as they are named, each with one folder of each default kind. What a test or a host does to
 * a mailbox from the other side ({@link MemoryMailbox.deliver} and the like) answers at once.
 */
export class MemoryMailbox
  extends MemoryMailboxContents
  implements
    Mailbox,
    MailboxChangeSource,
    MailboxDrafts,
    MailboxFolderWriting,
    MailboxLastVerb,
    MailboxUserInformation
{
  /** Makes calls fail or wait, and counts them. */
  readonly faults: MemoryFaults<MemoryMailboxMethod> = new MemoryFaults<MemoryMailboxMethod>();
  /** For the option `submission`: delivers what devices send to the users whose addresses they are; an address of nobody names a user. */
  readonly submission: MemorySubmission;
  readonly #messages: ParsedMessages;
  readonly #addresses: (user: string) => readonly string[];

  constructor(options: MemoryMailboxOptions = {}) {
    const { clock = systemClock, epoch = journalEpoch(), parsedMessages = 256 } = options;
    const messages = new ParsedMessages(parsedMessages);
    const addresses = options.addresses ?? ((user: string): readonly string[] => [user]);
    const { people, authorities = [] } = options;
    super(clock, epoch, { messages, addresses, people, authorities });
    this.#messages = messages;
    this.#addresses = addresses;
    this.submission = new MemorySubmission({
      enter: () => this.faults.enter("submit"),
      monotonicNow: () => clock.monotonicNow(),
      userOf: (address) => this.#userOf(address),
      deliver: (user, raw) => this.deliverAndFollow(user, raw),
    });
  }

  /** See {@link Mailbox.folders}. */
  async folders(mailbox: MailboxRef): Promise<readonly MailboxFolder[]> {
    await this.faults.enter("folders");
    return this.user(mailbox.user).folders.list;
  }

  /** See {@link Mailbox.changes}. */
  async changes(
    mailbox: MailboxRef,
    folder: string,
    query: ChangeQuery,
  ): Promise<ChangePage | { readonly kind: "folder-gone" }> {
    await this.faults.enter("changes");
    return this.user(mailbox.user).journal(folder)?.changes(query) ?? { kind: "folder-gone" };
  }

  /** See {@link Mailbox.itemsDated}. */
  async itemsDated(mailbox: MailboxRef, folder: string, query: DatedQuery): Promise<DatedPage> {
    await this.faults.enter("itemsDated");
    const journal = this.user(mailbox.user).journal(folder);
    return journal?.dated(query) ?? { items: [], cursor: "", more: false };
  }

  /** See {@link Mailbox.itemVersion}. */
  async itemVersion(mailbox: MailboxRef, folder: string, id: string): Promise<ItemState | undefined> {
    await this.faults.enter("itemVersion");
    const item = this.user(mailbox.user).journal(folder)?.get(id);
    return item === undefined ? undefined : itemState(item);
  }

  /** See {@link Mailbox.item}. */
  async item(
    mailbox: MailboxRef,
    folder: string,
    id: string,
    _view: ItemView,
  ): Promise<MailboxItem | undefined> {
    await this.faults.enter("item");
    const item = this.user(mailbox.user).journal(folder)?.get(id);
    if (item === undefined) return undefined;
    this.throwIfPoisoned(mailbox.user, folder, id);
    const isInDrafts = this.user(mailbox.user).folders.find(folder)?.kind === "drafts";
    const read = await this.#messages.item(item.content);
    return isInDrafts && read.class === "Email" ? { ...read, isDraft: true } : read;
  }

  /** See {@link Mailbox.create}. */
  async create(
    mailbox: MailboxRef,
    folder: string,
    item: MailboxItem,
    creationToken: string,
  ): Promise<({ readonly kind: "created" } & WrittenItem) | WriteRefusal> {
    await this.faults.enter("create");
    return this.user(mailbox.user).create(folder, this.storedContent(item), creationToken);
  }

  /** See {@link Mailbox.update}. */
  async update(
    mailbox: MailboxRef,
    folder: string,
    id: string,
    update: ItemUpdate,
    expectedVersion: string | undefined,
  ): Promise<({ readonly kind: "updated" } & ItemVersion) | WriteRefusal> {
    await this.faults.enter("update");
    return this.user(mailbox.user).update(folder, id, update, expectedVersion);
  }

  /** See {@link Mailbox.delete}. */
  async delete(
    mailbox: MailboxRef,
    folder: string,
    id: string,
  ): Promise<{ readonly kind: "deleted" } | WriteRefusal> {
    await this.faults.enter("delete");
    return this.user(mailbox.user).delete(folder, id);
  }

  /** See {@link Mailbox.move}. */
  async move(
    mailbox: MailboxRef,
    folder: string,
    id: string,
    toFolder: string,
  ): Promise<({ readonly kind: "moved" } & WrittenItem) | WriteRefusal> {
    await this.faults.enter("move");
    return this.user(mailbox.user).move(folder, id, toFolder);
  }

  /** See {@link MailboxDrafts.saveDraft}. */
  async saveDraft(
    mailbox: MailboxRef,
    folder: string,
    draft: EmailItem,
    replaced: ReplacedDraft | undefined,
    token: string,
  ): ReturnType<MailboxDrafts["saveDraft"]> {
    await this.faults.enter("saveDraft");
    const user = this.user(mailbox.user);
    const content = this.storedContent(draft);
    const saved =
      replaced === undefined
        ? user.create(folder, content, token)
        : user.replace(folder, replaced, content, token);
    return saved.kind === "created" ? { ...saved, kind: "saved" } : saved;
  }

  /** See {@link MailboxFolderWriting.addFolder}. */
  async addFolder(
    mailbox: MailboxRef,
    folder: FolderWish,
    creationToken: string,
  ): Promise<{ readonly kind: "created"; readonly id: string } | AddFolderRefusal> {
    await this.faults.enter("addFolder");
    return addFolder(this.user(mailbox.user), folder, creationToken);
  }

  /** See {@link MailboxFolderWriting.updateFolder}. */
  async updateFolder(
    mailbox: MailboxRef,
    id: string,
    to: { readonly parentId: string | null; readonly name: string },
  ): Promise<{ readonly kind: "updated" } | UpdateFolderRefusal> {
    await this.faults.enter("updateFolder");
    return updateFolder(this.user(mailbox.user), id, to);
  }

  /** See {@link MailboxFolderWriting.removeFolder}. */
  async removeFolder(
    mailbox: MailboxRef,
    id: string,
  ): Promise<{ readonly kind: "deleted" } | RemoveFolderRefusal> {
    await this.faults.enter("removeFolder");
    return removeFolder(this.user(mailbox.user), id);
  }

  /** See {@link MailboxChangeSource.marker}. */
  async marker(mailbox: MailboxRef, folder: string): Promise<string> {
    await this.faults.enter("marker");
    return this.user(mailbox.user).marker(folder);
  }

  /** See {@link MailboxChangeSource.watch}. */
  async watch(mailbox: MailboxRef, folders: readonly string[], onChange: OnChange): Promise<() => void> {
    await this.faults.enter("watch");
    return await this.user(mailbox.user).watches.add(folders, onChange);
  }

  /** See {@link MailboxLastVerb.setLastVerb}. */
  async setLastVerb(
    mailbox: MailboxRef,
    folder: string,
    id: string,
    verb: LastVerb,
  ): Promise<{ readonly kind: "updated" } | { readonly kind: "not-found" }> {
    await this.faults.enter("setLastVerb");
    return this.user(mailbox.user).setLastVerb(folder, id, verb);
  }

  #userOf(address: string): string {
    const isTheirs = (own: string): boolean => own.toLowerCase() === address.toLowerCase();
    for (const user of this.namedUsers()) if (this.#addresses(user).some(isTheirs)) return user;
    return address.toLowerCase();
  }

  protected override enterSettings(method: MemorySettingsMethod): Promise<void> | undefined {
    return this.faults.enter(method);
  }

  /** See {@link MailboxUserInformation.userInformation}. */
  async userInformation(mailbox: MailboxRef): Promise<{ readonly addresses: readonly string[] }> {
    await this.faults.enter("userInformation");
    return { addresses: this.#addresses(mailbox.user) };
  }
}
