import { DirectPushError } from "../../errors.js";
import { type JsonRecordType, readVersioned } from "../../state/json-record.js";
import { jsonArray, jsonInteger, jsonObject, jsonText } from "../../state/json-shape.js";
import { stateKey } from "../../state/state-key.js";
import type { CommandContext } from "../command.js";
import type { CollectionReply } from "./reply.js";
import type { CollectionRequest, SyncInterval, SyncParameters, SyncRequest } from "./request.js";

/** One collection of a {@link CachedRequest}; its options are kept with its state. */
export interface CachedCollection {
  readonly collectionId: string;
  /** The key that the device was given last. */
  readonly syncKey: string;
  /**
   * The key was given in answer to a request that did not state the key before it, or that stated a key which was answered before. Whether
   * the device got that answer is not known: the next request may be the repeat of this one, or this one a straggler. The device must
   * say which key it has.
   */
  readonly isUnconfirmed: boolean;
  readonly windowSize: number;
  readonly getChanges: boolean | undefined;
}

/** The last request of a device, for the requests that state nothing or only what is new ([MS-ASCMD] 2.2.1.21.1). */
export interface CachedRequest {
  readonly collections: readonly CachedCollection[];
  readonly interval: SyncInterval | undefined;
  readonly windowSize: number | undefined;
  /** When a request without a body and without an interval was last answered with nothing, in milliseconds since the epoch. */
  readonly emptyAnswerAtMs: number | undefined;
}

/** A request with nothing left open. */
export interface CompleteRequest extends SyncParameters {
  /** Collections whose key was not stated by the device. */
  readonly implied: ReadonlySet<string>;
  readonly isEmpty: boolean;
}

/** More requests of one device at once are no normal traffic. */
const maxAttempts = 8;

const cachedRequestType: JsonRecordType<CachedRequest | "none"> = { name: "cached Sync request", parse };

/** The cached request of a device, if there is one that can be repeated, and the version of the store that it was read in. */
export interface StoredCachedRequest {
  readonly request: CachedRequest | undefined;
  readonly version: string | undefined;
}

/** The cached request of a device. */
export async function readCachedRequest(context: CommandContext): Promise<StoredCachedRequest> {
  const { record, version } = await readVersioned(context.state, keyOf(context), cachedRequestType);
  return { request: record === "none" ? undefined : record, version };
}

/**
 * Replaces the cached request; writes nothing when nothing changed. When another request of the device did so meanwhile, which of the two the
 * device means by leaving something out is not known: then there is none.
 *
 * @param before what was cached when the request came that is to be cached now.
 * @param request undefined: there is none that could be repeated.
 */
export async function writeCachedRequest(
  context: CommandContext,
  before: StoredCachedRequest,
  request: CachedRequest | undefined,
): Promise<StoredCachedRequest> {
  const { state } = context;
  const key = keyOf(context);
  const text = JSON.stringify(request ?? "none");
  if (JSON.stringify(before.request ?? "none") !== text) {
    const written = await state.write(key, text, before.version);
    if (written !== undefined) return { request, version: written };
  }
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const { record, version } = await readVersioned(state, key, cachedRequestType);
    const write = version === before.version ? request : undefined;
    const result = { request: write, version };
    if (JSON.stringify(record ?? "none") === JSON.stringify(write ?? "none")) return result;
    const written = await state.write(key, JSON.stringify(write ?? "none"), version);
    if (written !== undefined) return { ...result, version: written };
  }
  throw new DirectPushError("ERR_STATE_CONFLICT", "requests of one device overtake one another");
}

/** The request with what it leaves out taken from the cached one; undefined when that is not there, or its keys may be outdated. */
export function completeRequest(
  request: Exclude<SyncRequest, { kind: "refused" }>,
  cached: CachedRequest | undefined,
): CompleteRequest | undefined {
  if (request.kind === "full") return { ...request, implied: new Set(), isEmpty: false };
  if (cached === undefined) return undefined;
  const stated = request.kind === "partial" ? request.collections : [];
  const statedIds = new Set(stated.map(({ collectionId }) => collectionId));
  const implied = cached.collections.filter(({ collectionId }) => !statedIds.has(collectionId));
  if (implied.some(({ isUnconfirmed }) => isUnconfirmed)) return undefined;
  return {
    collections: [...stated, ...implied.map(collectionOf)],
    interval: (request.kind === "partial" ? request.interval : undefined) ?? cached.interval,
    windowSize: (request.kind === "partial" ? request.windowSize : undefined) ?? cached.windowSize,
    implied: new Set(implied.map(({ collectionId }) => collectionId)),
    isEmpty: request.kind === "empty",
  };
}

/** What the next request may build on; undefined when it must state everything: after client commands, a start, or a failure. */
export function nextCachedRequest(
  request: CompleteRequest,
  replies: readonly CollectionReply[],
  emptyAnswerAtMs: number | undefined,
): CachedRequest | undefined {
  const collections: CachedCollection[] = [];
  for (const { collectionId, syncKey, commands, windowSize, getChanges } of request.collections) {
    if (commands.length > 0 || syncKey === "0") return undefined;
    const reply = replies.find((candidate) => candidate.collectionId === collectionId);
    if (reply?.kind === "failed") return undefined;
    const newKey = reply?.syncKey ?? syncKey;
    const isReplay = reply?.kind === "synced" && reply.replay;
    const isUnconfirmed = newKey !== syncKey && (isReplay || request.implied.has(collectionId));
    collections.push({ collectionId, syncKey: newKey, isUnconfirmed, windowSize, getChanges });
  }
  const { interval, windowSize } = request;
  return { collections, interval, windowSize, emptyAnswerAtMs };
}

/** The same request with what it asks of the server's side alone: its commands are done, and its options are kept with the collections. */
export function withoutCommands(request: CompleteRequest): CompleteRequest {
  return { ...request, collections: request.collections.map(collectionOf) };
}

function collectionOf(
  of: Pick<CollectionRequest, "collectionId" | "syncKey" | "windowSize" | "getChanges">,
): CollectionRequest {
  const { collectionId, syncKey, windowSize, getChanges } = of;
  return {
    collectionId,
    syncKey,
    windowSize,
    getChanges,
    deletesAsMoves: true,
    conversationMode: false,
    options: undefined,
    supported: undefined,
    commands: [],
  };
}

function keyOf({ device }: CommandContext): string {
  return stateKey("sync-request", device.user, device.id);
}

function parse(value: unknown): CachedRequest | "none" | undefined {
  if (value === "none") return value;
  const object = jsonObject(value);
  const collections = jsonArray(object?.["collections"], parseCollection);
  if (object === undefined || collections === undefined) return undefined;
  return {
    collections,
    interval: parseInterval(object["interval"]),
    windowSize: jsonInteger(object["windowSize"], 1),
    emptyAnswerAtMs: jsonInteger(object["emptyAnswerAtMs"], 0),
  };
}

function parseCollection(value: unknown): CachedCollection | undefined {
  const object = jsonObject(value);
  const collectionId = jsonText(object?.["collectionId"]);
  const syncKey = jsonText(object?.["syncKey"]);
  const windowSize = jsonInteger(object?.["windowSize"], 1);
  if (collectionId === undefined || syncKey === undefined || windowSize === undefined) return undefined;
  const getChanges = object?.["getChanges"];
  return {
    collectionId,
    syncKey,
    isUnconfirmed: object?.["isUnconfirmed"] === true,
    windowSize,
    getChanges: typeof getChanges === "boolean" ? getChanges : undefined,
  };
}

function parseInterval(value: unknown): SyncInterval | undefined {
  const object = jsonObject(value);
  const unit = object?.["unit"];
  const number = jsonInteger(object?.["value"], 0);
  return (unit === "minutes" || unit === "seconds") && number !== undefined
    ? { unit, value: number }
    : undefined;
}
