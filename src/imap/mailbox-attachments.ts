import type { AttachmentStream, ByteRange } from "../mailbox/abilities/attachments.js";
import { readFileReference } from "../mailbox/item-reference.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { contentOfPart, findAttachment, type InFolder, layoutOf } from "./body-attachment.js";
import type { ContentLayout } from "./body-layout.js";
import type { ImapFolders } from "./imap-folders.js";
import { readItemId } from "./items-id.js";

/** Lengths of attachments that are remembered: each costs a reading of the attachment. */
const maxLayouts = 1_000;

const notFound = { kind: "not-found" } as const;

/** Opens the attachments of mails. */
export class ImapAttachments {
  readonly #folders: ImapFolders;
  readonly #layouts = new Map<string, Promise<ContentLayout>>();

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
    let encoded: Uint8Array | undefined;
    const keep = (read: Uint8Array): void => {
      encoded = read;
    };
    const layout = await this.#layout(key, () => layoutOf(inFolder, id.uid, part, keep));
    const content = contentOfPart(inFolder, id.uid, part, layout, range, encoded);
    return { kind: "attachment", contentType: part.type, sizeBytes: layout.sizeBytes, content };
  }

  /** A message never changes: what was found out about its parts holds for good. */
  async #layout(key: string, find: () => Promise<ContentLayout>): Promise<ContentLayout> {
    const known = this.#layouts.get(key) ?? find();
    // Back to the end: what was asked for last is forgotten last.
    this.#layouts.delete(key);
    this.#layouts.set(key, known);
    for (const oldest of this.#layouts.keys()) {
      if (this.#layouts.size <= maxLayouts) break;
      this.#layouts.delete(oldest);
    }
    try {
      return await known;
    } catch (error) {
      if (this.#layouts.get(key) === known) this.#layouts.delete(key);
      throw error;
    }
  }
}
