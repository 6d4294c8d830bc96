import createDebug from "debug";
import type { ImapFlow } from "imapflow";
import type { ClockTimer } from "../clock.js";
import { HIERARCHY, type MailboxRef, type OnChange } from "../push/mailbox-change-source.js";
import { WatchLine } from "./change-source-line.js";
import type { ResolvedSourceOptions } from "./change-source-options.js";
import { type FolderStatus, markerOf } from "./change-source-status.js";
import { treeMarkerOf } from "./change-source-tree.js";
import { IdleWatch } from "./idle-watch.js";
import type { ImapConnections } from "./imap-connections.js";
import type { ImapFolders } from "./imap-folders.js";
import type { ImapFolder, ImapFolderListing } from "./imap-folders-listing.js";
import { NotifyWatch } from "./notify-watch.js";

const log = createDebug("direct-push:imap");

/** The folder tree is looked at once for all that the server says of it within this time. */
const TREE_GATHER_MS = 100;

/** What a watch tells while it runs. Folders are named as the server writes them. */
export interface WatchEvents {
  /**
   * What the server told of a folder's state, all or a part.
   *
   * @param isFirst it was asked as a beginning: what differs from what was known is a change, what was not known is none.
   */
  status(listedAs: string, status: FolderStatus, isFirst: boolean): void;
  /** Something happened in a folder. */
  touched(listedAs: string): void;
  /** Something may have happened to the folder tree. */
  treeTouched(): void;
  /** Looks at the folder tree now. */
  readTree(client: ImapFlow): Promise<void>;
}

/** What the watches of one user work with. */
export interface UserWatchOptions {
  readonly connections: ImapConnections;
  readonly folders: ImapFolders;
  readonly source: ResolvedSourceOptions;
  /** Nobody has watched for a while, and the connection is closed. */
  readonly over: () => void;
}

/** One held request's watch. */
interface Subscriber {
  readonly folders: ReadonlySet<string>;
  readonly onChange: OnChange;
}

/** All that is watched for one user, through one connection, whatever the number of devices. */
export class UserWatch {
  readonly #options: UserWatchOptions;
  readonly #line: WatchLine<NotifyWatch | IdleWatch>;
  readonly #subscribers = new Set<Subscriber>();
  /** What the watching connections told last, by the names of the server; kept while the line is down, to compare with. */
  readonly #statuses = new Map<string, FolderStatus>();
  /** Where work of this process may have changed something that the server did not tell of yet. */
  readonly #written = new Set<string>();
  /** Folders that nothing was known of when the line came back, until it is up: an attempt that fails half-way must not hide them from the next. */
  readonly #uncompared = new Set<string>();
  #listing: ImapFolderListing | undefined;
  #isTreeWritten = false;
  #mailbox: MailboxRef;
  #lingering: ClockTimer | undefined;
  #treeTimer: ClockTimer | undefined;
  /** Counts what is not in the state of a folder: flags, where there is no CONDSTORE. Never again what it was in another watch. */
  #touches: number;

  constructor(mailbox: MailboxRef, options: UserWatchOptions) {
    this.#mailbox = mailbox;
    this.#options = options;
    this.#touches = options.connections.options.clock.now();
    this.#line = new WatchLine({
      connections: options.connections,
      mailbox: () => this.#mailbox,
      keepAliveMs: options.source.keepAliveMs,
      reconnectSpreadMs: options.source.reconnectSpreadMs,
      start: (client) => this.#start(client),
      refused: () => this.#tellAll(),
    });
  }

  /**
   * Watches folders for a held request.
   *
   * @throws DirectPushError when nothing can be watched now.
   */
  async add(mailbox: MailboxRef, folders: readonly string[], onChange: OnChange): Promise<() => void> {
    // The newest credentials are the ones to open a lost connection with.
    this.#mailbox = mailbox;
    const subscriber: Subscriber = { folders: new Set(folders), onChange };
    this.#subscribers.add(subscriber);
    this.#stay();
    const stop = (): void => {
      // A second call must not end the watch that another hold has begun since.
      if (this.#subscribers.delete(subscriber) && this.#subscribers.size === 0) this.#linger();
    };
    try {
      await this.#line.open();
      await this.#line.watch?.watchFolders(this.#watchedFolders());
    } catch (error) {
      stop();
      throw error;
    }
    return stop;
  }

  /** The marker of a folder, when the server has told and will tell of it; undefined: it must be asked. */
  marker(folder: ImapFolder): string | undefined {
    if (this.#line.watch?.isComplete !== true || this.#written.has(folder.listedAs)) return undefined;
    return markerOf(this.#statuses.get(folder.listedAs));
  }

  /** The same for the folder tree. */
  get treeMarker(): string | undefined {
    if (this.#line.watch?.isComplete !== true || this.#isTreeWritten || this.#treeTimer !== undefined) {
      return undefined;
    }
    return this.#listing === undefined ? undefined : treeMarkerOf(this.#listing);
  }

  /** What a marker must say beside the state of a folder, on a server without CONDSTORE. */
  get touches(): string {
    return this.#touches.toString(36);
  }

  /** Work of this process may have changed a folder. */
  written(path: string): void {
    const folder = this.#listing?.folders.find((each) => each.path === path);
    if (folder !== undefined) this.#written.add(folder.listedAs);
  }

  /** Work of this process changed the folder tree. */
  treeWritten(): void {
    this.#isTreeWritten = true;
    this.#events.treeTouched();
  }

  /** Somebody else knows that a folder has changed. */
  changed(path: string): void {
    const folder = this.#listing?.folders.find((each) => each.path === path);
    if (folder === undefined) {
      this.#events.treeTouched();
      return;
    }
    this.#written.add(folder.listedAs);
    this.#tell(folder.id);
  }

  close(): void {
    const { clock } = this.#options.connections.options;
    if (this.#lingering !== undefined) clock.clearTimer(this.#lingering);
    if (this.#treeTimer !== undefined) clock.clearTimer(this.#treeTimer);
    this.#line.close();
  }

  readonly #events: WatchEvents = {
    status: (listedAs, told, isFirst) => {
      const before = this.#statuses.get(listedAs);
      const present = { ...before, ...told };
      this.#statuses.set(listedAs, present);
      this.#written.delete(listedAs);
      const isNews = before === undefined ? !isFirst : markerOf(before) !== markerOf(present);
      if (isNews) this.#tellByName(listedAs);
    },
    touched: (listedAs) => {
      this.#touches += 1;
      this.#tellByName(listedAs);
    },
    treeTouched: () => {
      const { clock } = this.#options.connections.options;
      this.#treeTimer ??= clock.setTimer(() => {
        this.#treeTimer = undefined;
        this.#lookAtTree();
      }, TREE_GATHER_MS);
    },
    readTree: (client) => this.#readTree(client),
  };

  async #start(client: ImapFlow): Promise<NotifyWatch | IdleWatch> {
    const { connections, source } = this.#options;
    const { clock } = connections.options;
    const wasUp = this.#listing !== undefined;
    await this.#readTree(client);
    if (wasUp) this.#noteUncompared(client);
    const canNotify = source.mode === "auto" && client.capabilities.has("NOTIFY");
    const notify = canNotify
      ? await NotifyWatch.start(client, this.#events, clock, source.keepAliveMs)
      : undefined;
    const watch = notify ?? new IdleWatch(client, this.#events, clock, source);
    await watch.watchFolders(this.#watchedFolders());
    // What was known was compared.
    for (const id of this.#uncompared) this.#tell(id);
    this.#uncompared.clear();
    return watch;
  }

  /** What nothing is known of may have changed while the line was down. */
  #noteUncompared(client: ImapFlow): void {
    for (const { id, listedAs } of this.#watchedFolders()) {
      if (!this.#statuses.has(listedAs) || !client.enabled.has("CONDSTORE")) this.#uncompared.add(id);
    }
  }

  #watchedFolders(): readonly ImapFolder[] {
    const ids = new Set<string>();
    for (const { folders } of this.#subscribers) for (const id of folders) ids.add(id);
    return [...ids].map((id) => this.#listing?.byId.get(id)).filter((folder) => folder !== undefined);
  }

  /** Looks at the folder tree, and tells when it is another. */
  async #readTree(client: ImapFlow): Promise<void> {
    const before = this.#listing;
    this.#isTreeWritten = false;
    const present = await this.#options.folders.listBy(client, this.#mailbox);
    this.#listing = present;
    if (before !== undefined && treeMarkerOf(before) !== treeMarkerOf(present)) {
      this.#tell(HIERARCHY);
      this.#line.watch
        ?.watchFolders(this.#watchedFolders())
        .then(() => this.#tellOfOtherNames(before, present))
        .catch((error: unknown) => log("watch: %O", error));
    }
  }

  /** Folders that are watched only now, though a hold asked for them before: what came meanwhile was seen by nobody. */
  #tellOfOtherNames(before: ImapFolderListing, present: ImapFolderListing): void {
    for (const { id, listedAs } of present.folders) {
      if (before.byId.get(id)?.listedAs !== listedAs) this.#tell(id);
    }
  }

  #lookAtTree(): void {
    const { connections } = this.#options;
    connections
      .use(this.#mailbox, (client) => this.#readTree(client), { repeatable: true })
      .catch((error: unknown) => {
        log("the folders of %s cannot be listed: %O", this.#mailbox.user, error);
        // The core asks, and finds out in its own way.
        this.#tell(HIERARCHY);
      });
  }

  #tellByName(listedAs: string): void {
    const folder = this.#listing?.folders.find((each) => each.listedAs === listedAs);
    if (folder !== undefined) this.#tell(folder.id);
  }

  #tell(id: string): void {
    for (const { folders, onChange } of this.#subscribers) if (folders.has(id)) onChange(id);
  }

  #tellAll(): void {
    for (const { folders, onChange } of this.#subscribers) for (const id of folders) onChange(id);
  }

  #stay(): void {
    if (this.#lingering !== undefined) this.#options.connections.options.clock.clearTimer(this.#lingering);
    this.#lingering = undefined;
  }

  #linger(): void {
    this.#stay();
    this.#lingering = this.#options.connections.options.clock.setTimer(() => {
      this.close();
      this.#options.over();
    }, this.#options.source.lingerMs);
  }
}
