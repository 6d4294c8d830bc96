import type { AttachmentStream, ByteRange } from "../mailbox/abilities/attachments.js";
import { readFileReference } from "../mailbox/item-reference.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { contentOfPart, findAttachment, type InFolder, unread } from "./body-attachment.js";
import type { ContentLayout } from "./body-layout.js";
import { type MeasuredPart, measurePart } from "./body-measure.js";
import type { ImapFolders } from "./imap-folders.js";
import { readItemId } from "./items-id.js";

/** Layouts of attachments that are remembered: each costs a look at the attachment. */
const maxLayouts = 1_000;

const notFound = { kind: "not-found" } as const;

/** Opens the attachments of mails. */
export class ImapAttachments {
  readonly #folders: ImapFolders;
  /** `refuted`: the one that was taken for it turned out wrong. */
  readonly #layouts = new Map<string, Promise<ContentLayout> | "refuted">();

  constructor(folders: ImapFolders) {
    this.#folders = folders;
  }

  /** Opens one; see `MailboxAttachments`. */
  async open(
    mailbox: MailboxRef,
    fileReference: string,
    range: ByteRange | undefined,
  ): Promise<({ readonly kind: "attachment" } & AttachmentStream) | { readonly kind: "not-found" }> {
    const place = readFileReference(fileReference);
    const id = place === undefined ? undefined : readItemId(place.item);
    if (place === undefined || id === undefined) return notFound;
    const inFolder: InFolder = async (work) => {
      const done = await this.#folders.inFolder(
        mailbox,
        place.folder,
        async (client, { uidValidity }) => (uidValidity === id.uidValidity ? await work(client) : undefined),
        { readOnly: true, mayBeOpen: true },
      );
      return done.kind === "done" ? done.value : undefined;
    };
    const part = await inFolder((client) => findAttachment(client, id.uid, place.attachment));
    if (part === undefined) return notFound;
    const key = JSON.stringify([mailbox.user, fileReference]);
    const from = { inFolder, uid: id.uid, part };
    const { layout, beginning } = await this.#measured(key, (mustRead) => measurePart(from, mustRead));
    const refuted = (): void => this.#remember(key, "refuted");
    const content = contentOfPart(from, layout, range, beginning, refuted);
    return { kind: "attachment", contentType: part.type, sizeBytes: layout.sizeBytes, content };
  }

  /** A message never changes: what was found out about its parts holds for good. */
  async #measured(key: string, measure: (mustRead: boolean) => Promise<MeasuredPart>): Promise<MeasuredPart> {
    const known = this.#layouts.get(key);
    if (known !== undefined && known !== "refuted") {
      this.#remember(key, known);
      return { layout: await known, beginning: unread };
    }
    const measuring = measure(known === "refuted");
    const layout = measuring.then((measured) => measured.layout);
    this.#remember(key, layout);
    try {
      await layout;
    } catch (error) {
      if (known === "refuted") this.#remember(key, known);
      else if (this.#layouts.get(key) === layout) this.#layouts.delete(key);
      throw error;
    }
    return await measuring;
  }

  #remember(key: string, layout: Promise<ContentLayout> | "refuted"): void {
    // Back to the end: what was asked for last is forgotten last.
    this.#layouts.delete(key);
    this.#layouts.set(key, layout);
    for (const oldest of this.#layouts.keys()) {
      if (this.#layouts.size <= maxLayouts) break;
      this.#layouts.delete(oldest);
    }
  }
}
