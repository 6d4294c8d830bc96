import { type DeviceInformation, deviceInformationFields } from "./device-information.js";
import type { DeviceRecord, PingCache, PolicyState, WipeOrder } from "./device-record.js";
import { parseHeartbeatRecord } from "./heartbeat-record.js";
import { jsonArray, jsonInteger, jsonObject, jsonText } from "./json-shape.js";

/**
 * The device record in a JSON value; undefined when it is no object. A part that is not readable is left out, so that a broken Ping cache
 * does not cancel an order to erase.
 */
export function parseDeviceRecord(value: unknown): DeviceRecord | undefined {
  const object = jsonObject(value);
  if (object === undefined) return undefined;
  const information = parseInformation(object["information"]);
  const ping = parsePingCache(object["ping"]);
  const goneFolderToldAtKey = jsonText(object["goneFolderToldAtKey"]);
  const policy = parsePolicy(object["policy"]);
  const wipe = parseWipe(object["wipe"]);
  const heartbeat = parseHeartbeatRecord(object["heartbeat"]);
  return {
    ...(information && { information }),
    ...(ping && { ping }),
    ...(goneFolderToldAtKey !== undefined && { goneFolderToldAtKey }),
    ...(object["wasForgotten"] === true && { wasForgotten: true }),
    ...(policy && { policy }),
    ...(wipe && { wipe }),
    ...(heartbeat && { heartbeat }),
  };
}

function parseInformation(value: unknown): DeviceInformation | undefined {
  const object = jsonObject(value);
  if (object === undefined) return undefined;
  const known = deviceInformationFields.filter((field) => typeof object[field] === "string");
  return Object.fromEntries(known.map((field) => [field, object[field]]));
}

function parsePingCache(value: unknown): PingCache | undefined {
  const object = jsonObject(value);
  const heartbeatSeconds = jsonInteger(object?.["heartbeatSeconds"], 1);
  const folders = jsonArray(object?.["folders"], (element) => {
    const folder = jsonObject(element);
    const id = jsonText(folder?.["id"]);
    if (id === undefined) return undefined;
    const lossesTold = jsonInteger(folder?.["lossesTold"], 1);
    return {
      id,
      class: jsonText(folder?.["class"]) ?? "",
      synced: folder?.["synced"] === true,
      ...(lossesTold !== undefined && { lossesTold }),
    };
  });
  return heartbeatSeconds === undefined || folders === undefined ? undefined : { heartbeatSeconds, folders };
}

function parsePolicy(value: unknown): PolicyState | undefined {
  const object = jsonObject(value);
  if (object === undefined) return undefined;
  const temporary = parseKeyAndHash(object["temporary"]);
  const accepted = parseKeyAndHash(object["accepted"]);
  const told = jsonObject(object["accepted"]);
  return {
    ...(temporary && { temporary }),
    ...(accepted && {
      accepted: {
        ...accepted,
        acknowledgement: jsonInteger(told?.["acknowledgement"], 1) ?? 1,
        unconfirmedCycles: jsonInteger(told?.["unconfirmedCycles"], 0) ?? 0,
      },
    }),
  };
}

function parseKeyAndHash(value: unknown): { readonly key: number; readonly policyHash: string } | undefined {
  const object = jsonObject(value);
  const key = jsonInteger(object?.["key"], 1);
  const policyHash = jsonText(object?.["policyHash"]);
  return key === undefined || policyHash === undefined ? undefined : { key, policyHash };
}

function parseWipe(value: unknown): WipeOrder | undefined {
  const object = jsonObject(value);
  const scope = object?.["scope"];
  const state = object?.["state"];
  if (scope !== "device" && scope !== "account") return undefined;
  return state === "requested" || state === "done" || state === "failed" ? { scope, state } : undefined;
}
