/** Whose mailbox a call is about. */
export interface MailboxRef {
  /** The user as `authenticate` named it: the key of everything stored for that user. */
  readonly user: string;
  /** Whatever else `authenticate` returned (credentials, a session, a tenant); passed through untouched. */
  readonly login?: unknown;
}

/**
 * Stands for the folder tree itself, wherever a folder is expected by a {@link MailboxChangeSource}: its marker changes, and
 * its watch fires, when a folder is created, renamed, moved or deleted. Folder ids of a mailbox never equal it.
 */
export const HIERARCHY = "#hierarchy";

/**
 * What a source that knows may say of a change: a mail came into the folder, and not by a command of one of the user's own devices. A
 * device that is held is then answered without another question about the folder, which is by far the cheapest.
 */
export interface Arrival {
  /** The folder's marker with the mail in it. */
  readonly marker: string;
  /** The mail's `dateReceivedMs`, in milliseconds since the Unix epoch. One of another day than today's is looked at like any change. */
  readonly dateReceivedMs: number;
}

/**
 * Hears of changes; see {@link MailboxChangeSource.watch}.
 *
 * @param told `perhaps`: a change may have been missed, so that the folder's marker is worth a look before anything dearer.
 */
export type OnChange = (folder: string, told?: Arrival | "perhaps") => void;

/** Where changes come from: all that push needs of a mail server. */
export interface MailboxChangeSource {
  /**
   * The folder's present state as an opaque string. Equal strings mean that nothing in the folder changed in between.
   * Cheap to ask: it is called once for each watched folder of each Ping.
   *
   * @param folder a folder id, or {@link HIERARCHY}.
   */
  marker(mailbox: MailboxRef, folder: string): Promise<string>;

  /**
   * Starts watching. Once the promise resolves, each later change calls `onChange` at least once, and never from inside this
   * call. Calling it too often, too late, or for a folder that is not watched does no harm. With an {@link Arrival} it must
   * be right, and at once.
   *
   * @returns a function that stops the watch; it may be called twice.
   */
  watch(mailbox: MailboxRef, folders: readonly string[], onChange: OnChange): Promise<() => void>;
}
