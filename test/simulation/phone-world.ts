import type { Exchange, SimulatedServer } from "./carrier.js";
import type { Ledger } from "./ledger.js";
import type { MeetingAttempts } from "./meeting-attempts.js";
import type { MeetingAudience } from "./meeting-audience.js";
import type { PhoneFolder } from "./phone-folder.js";
import type { Random } from "./random.js";
import type { SyncRequest } from "./requests.js";
import type { SentMails } from "./sent-mails.js";

/** A request that the phone waits for: a Ping, or a hanging Sync. */
export interface HeldRequest {
  readonly exchange: Exchange;
  /** The process that it was sent to. */
  readonly server: SimulatedServer;
  readonly folders: readonly PhoneFolder[];
  /** Undefined for a Ping. */
  readonly sync: SyncRequest | undefined;
  readonly heartbeatSeconds: number;
  readonly sentAtMs: number;
  /** {@link PhoneWorld.changes} when it was answered, and when that was. */
  answeredAt: { readonly changes: number; readonly monotonicMs: number } | undefined;
}

/** What the phone lives in. */
export interface PhoneWorld {
  readonly random: Random;
  readonly ledger: Ledger;
  readonly sentMails: SentMails;
  readonly meetingAttempts: MeetingAttempts;
  readonly audience: MeetingAudience;
  /** The calendar for meetings that a user organizes on phones. */
  meetingsFolder(user: string): string;
  now(): number;
  monotonicNow(): number;
  server(): SimulatedServer;
  /** A number that grows with each change of anything. */
  changes(): number;
  /** A number that grows with each change of the user's folder tree. */
  treeChanges(user: string): number;
  /** Whether an item is where it was. */
  mailboxHas(user: string, folder: string, id: string): boolean;
  /** Whether the user has a folder. */
  hasFolder(user: string, folder: string): boolean;
  /** The ids of a user's appointments of a meeting. */
  appointments(user: string, uid: string): readonly string[];
  /** How often others acted while the server was at work. */
  disturbances(): number;
  /** Whether the mailbox, or what processes share, was down a moment ago. */
  isOutage(): boolean;
  /** How often the server lost all that it knew of phones. */
  emptied(): number;
}
