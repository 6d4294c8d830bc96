import {
  AirSync,
  element,
  emptyElement,
  Ping,
  textElement,
  type WbxmlElement,
} from "../../src/wbxml/index.js";
import type { Ask, PhoneFolder } from "./phone-folder.js";

/** A Sync as a phone sends it, and what it means by it. */
export interface SyncRequest {
  /** Undefined: without a body. */
  readonly document: WbxmlElement | undefined;
  /** Everything that is asked, also what is left to the server to remember. */
  readonly asks: readonly Ask[];
  /** Folders of which nothing was stated. */
  readonly implied: ReadonlySet<PhoneFolder>;
  /** Undefined: it does not wait. */
  readonly waitSeconds: number | undefined;
  /** What the phone's clock said. */
  readonly sentMs: number;
  /** {@link PhoneWorld.disturbances} when it was sent. */
  readonly disturbances: number;
  /** {@link PhoneWorld.emptied} when it was sent: what it was answered may be lost by the time when it is heard. */
  readonly emptied: number;
  /** Whether it says everything itself, so that the server need not remember anything. */
  readonly isFull: boolean;
  /** A collection is started by it. */
  readonly hasStart: boolean;
  /** Whether the server will remember it, so that the next one may leave it out. */
  readonly isRepeatable: boolean;
}

/** Who sends, and when. */
export interface SyncSender {
  readonly version: string;
  readonly nowMs: number;
  readonly disturbances: number;
  readonly emptied: number;
}

/** A Sync that states everything. */
export function fullSync(
  asks: readonly Ask[],
  waitSeconds: number | undefined,
  { version, nowMs: sentMs, disturbances, emptied }: SyncSender,
): SyncRequest {
  const document = element(AirSync.Sync, [
    element(
      AirSync.Collections,
      asks.map((ask) => ask.folder.request(ask)),
    ),
    interval(waitSeconds, version),
  ]);
  return {
    document,
    asks,
    implied: new Set(),
    waitSeconds,
    sentMs,
    disturbances,
    emptied,
    isFull: true,
    ...natureOf(asks),
  };
}

/** A Sync that states some folders, and means those of the last one as well. */
export function partialSync(
  stated: readonly Ask[],
  last: SyncRequest,
  { version, nowMs: sentMs, disturbances, emptied }: SyncSender,
): SyncRequest {
  const folders = new Set(stated.map(({ folder }) => folder));
  const unstated = last.asks.filter(({ folder }) => !folders.has(folder));
  const document = element(AirSync.Sync, [
    element(
      AirSync.Collections,
      stated.map((ask) => ask.folder.request(ask)),
    ),
    interval(last.waitSeconds, version),
    emptyElement(AirSync.Partial),
  ]);
  return {
    document,
    asks: [...stated, ...unstated],
    implied: new Set(unstated.map(({ folder }) => folder)),
    waitSeconds: last.waitSeconds,
    sentMs,
    disturbances,
    emptied,
    isFull: false,
    ...natureOf(stated),
  };
}

/** The last Sync again, without a word. */
export function emptySync(
  last: SyncRequest,
  { nowMs: sentMs, disturbances, emptied }: SyncSender,
): SyncRequest {
  const { asks, waitSeconds } = last;
  const implied = new Set(asks.map(({ folder }) => folder));
  return {
    document: undefined,
    asks,
    implied,
    waitSeconds,
    sentMs,
    disturbances,
    emptied,
    isFull: false,
    hasStart: false,
    isRepeatable: true,
  };
}

/** A Ping on folders. */
export function pingOn(folders: readonly PhoneFolder[], heartbeatSeconds: number): WbxmlElement {
  return element(Ping.Ping, [
    textElement(Ping.HeartbeatInterval, heartbeatSeconds),
    element(
      Ping.Folders,
      folders.map((folder) =>
        element(Ping.Folder, [textElement(Ping.Id, folder.id), textElement(Ping.Class, folder.itemClass)]),
      ),
    ),
  ]);
}

/** Whether nothing has to be stated for the server to ask the same of the folder as last time. */
export function isUnchanged({ folder, filter, getChanges }: Ask): boolean {
  return getChanges && folder.started && folder.queue.length === 0 && folder.filter === filter;
}

function natureOf(stated: readonly Ask[]): Pick<SyncRequest, "hasStart" | "isRepeatable"> {
  const hasStart = stated.some(({ folder }) => !folder.started);
  const hasCommands = stated.some(({ folder, fetch }) => folder.queue.length > 0 || fetch !== undefined);
  return { hasStart, isRepeatable: !hasStart && !hasCommands };
}

function interval(seconds: number | undefined, version: string): WbxmlElement | undefined {
  if (seconds === undefined) return undefined;
  return version === "12.1"
    ? textElement(AirSync.Wait, seconds / 60)
    : textElement(AirSync.HeartbeatInterval, seconds);
}
