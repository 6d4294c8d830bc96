import type { MailboxFolder } from "../../mailbox/folder.js";
import type { AppliedCommand } from "../../state/collection-record.js";
import type { KnownItem } from "../../state/known-items.js";
import type { CollectionSession } from "../../sync-state/collection-session.js";
import type { CollectionSettings } from "../../sync-state/collection-settings.js";
import type { KnownView } from "../../sync-state/known-view.js";
import type { WbxmlElement } from "../../wbxml/index.js";
import type { CommandContext } from "../command.js";
import type { Announcement } from "../organizing/announce-meeting.js";
import type { CollectionRequest } from "./request.js";

/** What the parts of one collection's Sync work with. */
export interface CollectionWork {
  readonly context: CommandContext;
  readonly collection: CollectionRequest;
  readonly session: CollectionSession;
  readonly settings: CollectionSettings;
  /** What the device has; sees `own`. */
  readonly known: KnownView;
  /** What the client commands of this request have changed about what the device has. */
  readonly own: Map<string, KnownItem | null>;
  /** Commands that took effect since the presented key was given out, those of this request included. */
  readonly applied: AppliedCommand[];
  /** Asked once for each request. */
  folders(): Promise<readonly MailboxFolder[]>;
}

/** What became of one client command. */
export interface CommandResult {
  /** For Responses; undefined: success that needs no words. */
  readonly status: number;
  /** Of the item that an Add made; of a draft, what it is called now. */
  readonly serverId?: string;
  /** What the device then has of the item; null: nothing; absent: as before. */
  readonly item?: KnownItem | null;
  /** The device's item differs from the server's: it is to be sent. */
  readonly recheck?: boolean;
  /** Children of the response's ApplicationData: what the server made of the item beside what the device sent. */
  readonly data?: readonly WbxmlElement[];
  /** It failed, but the item is changed as the device has it: a draft that could not be sent, a meeting that could not be announced. */
  readonly isKept?: true;
  /** What those who are invited to a meeting are to be told now that it is stored. */
  readonly announcement?: Announcement;
}
