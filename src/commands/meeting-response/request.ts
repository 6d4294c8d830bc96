import { type ItemPlace, readLongId } from "../../mailbox/item-reference.js";
import type { ProtocolVersion } from "../../protocol/version.js";
import { AirSyncBase } from "../../wbxml/code-pages/air-sync-base.js";
import { MeetingResponse } from "../../wbxml/code-pages/meeting-response.js";
import { Search } from "../../wbxml/code-pages/search.js";
import type { WbxmlElement } from "../../wbxml/element.js";
import { child, childText } from "../../wbxml/reading.js";
import { asksForLater } from "../later-elements.js";

/** What a user can answer. */
export type UserResponse = "accepted" | "tentative" | "declined";

/** The mail that the organizer is to get. */
export interface ResponseMail {
  readonly body: { readonly type: "plain" | "html"; readonly data: string } | undefined;
  /** Another time that the user proposes. */
  readonly proposed: { readonly startMs: number; readonly endMs: number } | undefined;
}

/** One answer that a device asks for. */
export interface MeetingResponseRequest {
  readonly response: UserResponse;
  readonly place: ItemPlace;
  /** The original start of one occurrence. */
  readonly instanceMs: number | undefined;
  /** Undefined: the device sends it itself, or nobody does. */
  readonly mail: ResponseMail | undefined;
}

const responses: ReadonlyMap<string, UserResponse> = new Map([
  ["1", "accepted"],
  ["2", "tentative"],
  ["3", "declined"],
]);

/** Reads one Request ([MS-ASCMD] 2.2.1.11.1); undefined when it is wrong, "bad-instance" when its InstanceId is no date. */
export function readRequest(
  request: WbxmlElement,
  version: ProtocolVersion,
): MeetingResponseRequest | "bad-instance" | undefined {
  const send = child(request, MeetingResponse.SendResponse);
  if (asksForLater(request, version) || asksForLater(send, version)) return undefined;
  const response = responses.get(childText(request, MeetingResponse.UserResponse)?.trim() ?? "");
  const place = placeIn(request);
  if (response === undefined || place === undefined) return undefined;
  const instance = childText(request, MeetingResponse.InstanceId)?.trim();
  const instanceMs = instance === undefined ? undefined : instantOf(instance);
  if (instance !== undefined && instanceMs === undefined) return "bad-instance";
  const mail = send === undefined ? undefined : readMail(send);
  if (send !== undefined && mail === undefined) return undefined;
  return { response, place, instanceMs, mail };
}

function placeIn(request: WbxmlElement): ItemPlace | undefined {
  const folder = childText(request, MeetingResponse.CollectionId)?.trim() ?? "";
  const item = childText(request, MeetingResponse.RequestId)?.trim() ?? "";
  const longId = childText(request, Search.LongId)?.trim();
  if (longId !== undefined) return folder === "" && item === "" ? readLongId(longId) : undefined;
  return folder === "" || item === "" ? undefined : { folder, item };
}

/** Undefined when one of the proposed times is missing, or they are no times. */
function readMail(send: WbxmlElement): ResponseMail | undefined {
  const body = child(send, AirSyncBase.Body);
  const data = childText(body, AirSyncBase.Data) ?? "";
  const type = childText(body, AirSyncBase.Type)?.trim() === "2" ? ("html" as const) : ("plain" as const);
  const written = data === "" ? undefined : { type, data };
  const start = childText(send, MeetingResponse.ProposedStartTime);
  const end = childText(send, MeetingResponse.ProposedEndTime);
  if (start === undefined && end === undefined) return { body: written, proposed: undefined };
  const startMs = instantOf(start?.trim() ?? "");
  const endMs = instantOf(end?.trim() ?? "");
  if (startMs === undefined || endMs === undefined || endMs < startMs) return undefined;
  return { body: written, proposed: { startMs, endMs } };
}

/** `2010-04-08T18:16:00.000Z` or the same without separators. */
function instantOf(text: string): number | undefined {
  const parts = /^(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)(?:\.\d{1,3})?Z$/.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(instant) ? undefined : instant;
}
