import { DirectPushError } from "../../errors.js";
import { isProtocolVersion, type ProtocolVersion } from "../../protocol/version.js";
import { type ClientFolder, clientFolder } from "../client-folder.js";

/** What a device remembers of its account: plain data, to be stored as JSON and given back as `state`. */
export interface EasClientState {
  /** Of this layout. */
  readonly format: 1;
  /** The URL that the client was made with. */
  readonly configuredUrl: string;
  /** Where the server sent the device (HTTP 451), or the same. */
  readonly url: string;
  readonly version?: ProtocolVersion;
  /** Seconds since the Unix epoch of the last OPTIONS. */
  readonly versionCheckedAtSeconds?: number;
  /** Absent before the first Provision. */
  readonly policyKey?: string;
  /** Whether the server was told of the device, where Provision does not do it (up to 14.0). */
  readonly deviceInformationSent?: boolean;
  /** `0` before the first FolderSync. */
  readonly folderSyncKey: string;
  readonly folders: readonly ClientFolder[];
  /** By folder id; `0` and absent for folders that are not synced yet. */
  readonly syncKeys: Readonly<Record<string, string>>;
  /** The most folders that the server takes in a Ping. */
  readonly maxPingFolders?: number;
  /** What the heartbeat strategy of this name remembers. */
  readonly heartbeat?: { readonly strategy: string; readonly state: unknown };
}

/** The state of a device that has never connected. */
export function initialState(url: string): EasClientState {
  return {
    format: 1,
    configuredUrl: url,
    url,
    folderSyncKey: "0",
    folders: [],
    syncKeys: {},
  };
}

/**
 * Checks a state that comes from outside.
 *
 * @throws DirectPushError `ERR_OPTION_INVALID` for anything that is not the state of a client.
 */
export function checkedState(given: unknown): EasClientState {
  if (!isRecord(given) || given["format"] !== 1) fail("format must be 1");
  const { folders, syncKeys, version, heartbeat } = given;
  if (!Array.isArray(folders)) fail("folders must be a list");
  if (!isRecord(syncKeys)) fail("syncKeys must be an object");
  if (version !== undefined && (typeof version !== "string" || !isProtocolVersion(version))) {
    fail(`version must be a protocol version, got ${String(version)}`);
  }
  return {
    format: 1,
    configuredUrl: text(given, "configuredUrl"),
    url: text(given, "url"),
    folderSyncKey: text(given, "folderSyncKey"),
    folders: folders.map((folder: unknown) => checkedFolder(folder)),
    syncKeys: Object.fromEntries(Object.keys(syncKeys).map((id) => [id, text(syncKeys, id)])),
    ...(version !== undefined && { version }),
    ...optional(given, "versionCheckedAtSeconds", "number"),
    ...optional(given, "policyKey", "string"),
    ...optional(given, "deviceInformationSent", "boolean"),
    ...optional(given, "maxPingFolders", "number"),
    ...(isRecord(heartbeat) && {
      heartbeat: { strategy: text(heartbeat, "strategy"), state: heartbeat["state"] },
    }),
  };
}

function checkedFolder(folder: unknown): ClientFolder {
  if (!isRecord(folder) || typeof folder["type"] !== "number") fail("folders must have a type");
  return clientFolder(text(folder, "id"), text(folder, "parentId"), text(folder, "name"), folder["type"]);
}

interface Kinds {
  string: string;
  number: number;
  boolean: boolean;
}

function optional<Name extends string, Kind extends keyof Kinds>(
  from: Readonly<Record<string, unknown>>,
  name: Name,
  kind: Kind,
): { readonly [key in Name]?: Kinds[Kind] } {
  const value = from[name];
  if (value === undefined) return {};
  if (typeof value !== kind) fail(`${name} must be a ${kind}`);
  return { [name]: value } as { readonly [key in Name]: Kinds[Kind] };
}

function text(from: Readonly<Record<string, unknown>>, name: string): string {
  const value = from[name];
  return typeof value === "string" ? value : fail(`${name} must be a text`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fail(message: string): never {
  throw new DirectPushError("ERR_OPTION_INVALID", `state.${message}`);
}
