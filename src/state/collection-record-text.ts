import type {
  AppliedCommand,
  CollectionPosition,
  CollectionRecord,
  DatedRange,
  IssuedState,
  StaleKnownItems,
} from "./collection-record.js";
import { jsonArray, jsonInteger, jsonObject, jsonText } from "./json-shape.js";
import { parseKnownItem } from "./known-bucket-text.js";
import type { KnownItem } from "./known-items.js";

/** Grows when what is stored is not readable any more by what came before. */
const format = 1;

/** A record as it is stored. */
export function collectionRecordText(record: CollectionRecord): string {
  return JSON.stringify({
    format,
    ...record,
    overlay: [...record.overlay],
    issued: record.issued.map((state) => ({ ...state, delta: [...state.delta] })),
  });
}

/** A stored record; undefined when it is not readable, or of another format. */
export function parseCollectionRecord(text: string): CollectionRecord | undefined {
  const object = parseObject(text);
  if (object?.["format"] !== format) return undefined;
  const known = jsonObject(object["known"]);
  const buckets = jsonInteger(known?.["buckets"], 1);
  const items = jsonInteger(known?.["items"], 0);
  const overlay = jsonArray(object["overlay"], parseDeltaEntry);
  const issued = jsonArray(object["issued"], parseIssuedState);
  const basePosition = parsePosition(object["basePosition"]);
  const applied = jsonArray(object["applied"], parseApplied);
  const texts = ["generation", "itemClass", "baseKey"].every((name) => typeof object[name] === "string");
  if (!texts || buckets === undefined || items === undefined || basePosition === undefined) return undefined;
  if (overlay === undefined || issued === undefined || applied === undefined) return undefined;
  return {
    generation: String(object["generation"]),
    revision: jsonInteger(object["revision"], 0) ?? 0,
    itemClass: String(object["itemClass"]),
    settings: object["settings"],
    known: { buckets, items },
    baseKey: String(object["baseKey"]),
    basePosition,
    overlay: new Map(overlay),
    issued,
    applied,
    stale: jsonArray(object["stale"], parseStale) ?? [],
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return jsonObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function parseDeltaEntry(value: unknown): [string, KnownItem | null] | undefined {
  if (!Array.isArray(value) || typeof value[0] !== "string") return undefined;
  if (value[1] === null) return [value[0], null];
  const item = parseKnownItem(value[1]);
  return item === undefined ? undefined : [value[0], item];
}

function parseIssuedState(value: unknown): IssuedState | undefined {
  const object = jsonObject(value);
  const key = jsonText(object?.["key"]);
  const position = parsePosition(object?.["position"]);
  const delta = jsonArray(object?.["delta"], parseDeltaEntry);
  if (key === undefined || position === undefined || delta === undefined) return undefined;
  return { key, position, delta: new Map(delta) };
}

/** What is not of the expected shape is left out: an absent cursor lists the folder, an absent marker asks the mailbox. */
function parsePosition(value: unknown): CollectionPosition | undefined {
  const object = jsonObject(value);
  if (object === undefined) return undefined;
  const { cursor, marker, cutoffMs, sweepBucket } = object;
  const ranges = jsonArray(object["ranges"], parseRange);
  const recheck = jsonArray(object["recheck"], jsonText);
  return {
    ...(typeof cursor === "string" ? { cursor } : undefined),
    ...(object["listing"] === true ? { listing: true } : undefined),
    ...(typeof cutoffMs === "number" ? { cutoffMs } : undefined),
    ...(object["incompleteOnly"] === true ? { incompleteOnly: true } : undefined),
    ...(ranges === undefined ? undefined : { ranges }),
    ...(recheck === undefined ? undefined : { recheck }),
    ...(typeof sweepBucket === "number" ? { sweepBucket } : undefined),
    ...(typeof marker === "string" ? { marker } : undefined),
  };
}

function parseRange(value: unknown): DatedRange | undefined {
  const object = jsonObject(value);
  const { fromMs, beforeMs, cursor } = object ?? {};
  if (typeof beforeMs !== "number") return undefined;
  return {
    ...(typeof fromMs === "number" ? { fromMs } : undefined),
    beforeMs,
    ...(typeof cursor === "string" ? { cursor } : undefined),
  };
}

function parseApplied(value: unknown): AppliedCommand | undefined {
  const object = jsonObject(value);
  const command = jsonText(object?.["command"]);
  const hash = jsonText(object?.["hash"]);
  if (object === undefined || command === undefined || hash === undefined) return undefined;
  const serverId = jsonText(object["serverId"]);
  const item = object["item"] === null ? null : parseKnownItem(object["item"]);
  return {
    command,
    hash,
    ...(serverId === undefined ? undefined : { serverId }),
    ...(item === undefined ? undefined : { item }),
  };
}

function parseStale(value: unknown): StaleKnownItems | undefined {
  const object = jsonObject(value);
  const generation = jsonText(object?.["generation"]);
  const buckets = jsonInteger(object?.["buckets"], 0);
  return generation === undefined || buckets === undefined ? undefined : { generation, buckets };
}
