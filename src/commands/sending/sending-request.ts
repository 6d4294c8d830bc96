import { createHash } from "node:crypto";
import { type ItemPlace, readLongId } from "../../mailbox/item-reference.js";
import { CommonStatus } from "../../protocol/status.js";
import { isAtLeast, type ProtocolVersion } from "../../protocol/version.js";
import { ComposeMail } from "../../wbxml/code-pages/compose-mail.js";
import { RightsManagement } from "../../wbxml/code-pages/rights-management.js";
import type { WbxmlElement } from "../../wbxml/element.js";
import { bytes, child, childFlag, childText } from "../../wbxml/reading.js";
import type { CommandRequest } from "../command.js";
import { asksForLater } from "../later-elements.js";
import { readForwardees } from "./forwardees.js";
import type { SendingName } from "./sending-command.js";

/** The mail that is answered or passed on. */
export interface SendingSource extends ItemPlace {
  /** An occurrence of a recurring meeting was named. */
  readonly hasInstance: boolean;
}

/** What a device asks to be sent. */
export interface SendingRequest {
  readonly kind: "request";
  readonly message: Uint8Array;
  /** Made of the message before 14.0, where devices have no id. */
  readonly clientId: string;
  readonly saveInSent: boolean;
  /** Undefined for SendMail. */
  readonly source: SendingSource | undefined;
  /** The device put the original in itself. */
  readonly replacesMime: boolean;
}

/** What cannot be understood, by its common status. */
export interface UnreadableRequest {
  readonly kind: "refused";
  readonly status: number;
}

/** [MS-ASCMD] 2.2.3.29.1. */
const maxClientIdCharacters = 40;
const maxLongIdCharacters = 256;

/** Asks for no protection. */
const noTemplate = /^0{8}-0{4}-0{4}-0{4}-0{12}$/;
const instant = /^\d{4}-?\d{2}-?\d{2}T\d{2}:?\d{2}:?\d{2}(?:\.\d{3})?Z$/;

/** Reads a request of any version ([MS-ASCMD] 2.2.1.17.1, 2.2.1.19.1, 2.2.1.20.1; before 14.0 [MS-ASHTTP] 2.2.1.1.1.1.3). */
export function readSendingRequest(
  name: SendingName,
  request: CommandRequest,
  version: ProtocolVersion,
): SendingRequest | UnreadableRequest {
  if (request.rawBody !== undefined) return readRaw(name, request, request.rawBody);
  const { document } = request;
  if (document === undefined) return refused(CommonStatus.InvalidContent);
  return readDocument(name, document, version);
}

function readRaw(
  name: SendingName,
  { parameters }: CommandRequest,
  message: Uint8Array,
): SendingRequest | UnreadableRequest {
  const { collectionId, itemId, longId, occurrence, saveInSent } = parameters;
  const source = name === "SendMail" ? undefined : readSource(collectionId, itemId, longId, occurrence);
  if (source?.kind === "refused") return source;
  const clientId = createHash("sha256").update(message).digest("base64url");
  return { kind: "request", message, clientId, saveInSent, source, replacesMime: false };
}

function readDocument(
  name: SendingName,
  document: WbxmlElement,
  version: ProtocolVersion,
): SendingRequest | UnreadableRequest {
  const clientId = childText(document, ComposeMail.ClientId);
  const hasClientId = clientId !== undefined && clientId !== "" && clientId.length <= maxClientIdCharacters;
  if (!hasClientId || asksForLater(document, version)) return refused(CommonStatus.InvalidXml);
  const refusal = refusalOfExtras(document);
  if (refusal !== undefined) return refused(isAtLeast(version, "14.1") ? refusal : CommonStatus.InvalidXml);
  const message = readMessage(name, document);
  if (!(message instanceof Uint8Array)) return message;
  const source = name === "SendMail" ? undefined : sourceIn(document);
  if (source?.kind === "refused") return source;
  return {
    kind: "request",
    message,
    clientId,
    saveInSent: childFlag(document, ComposeMail.SaveInSentItems) ?? false,
    source,
    replacesMime: childFlag(document, ComposeMail.ReplaceMime) ?? false,
  };
}

function readMessage(name: SendingName, document: WbxmlElement): Uint8Array | UnreadableRequest {
  const mime = bytes(child(document, ComposeMail.Mime));
  const forwardees = child(document, ComposeMail.Forwardees);
  if (forwardees !== undefined && name === "SmartForward") {
    if (mime !== undefined) return refused(CommonStatus.InvalidMimeBodyCombination);
    return readForwardees(document) ?? refused(CommonStatus.InvalidSmartForwardParameters);
  }
  return mime ?? refused(CommonStatus.InvalidXml);
}

/** Accounts and rights management (14.1 and later), of which this server has neither. An empty element asks for none. */
function refusalOfExtras(document: WbxmlElement): number | undefined {
  const account = childText(document, ComposeMail.AccountId)?.trim() ?? "";
  if (account !== "") return CommonStatus.InvalidAccountId;
  const template = childText(document, RightsManagement.TemplateID)?.trim() ?? "";
  return template === "" || noTemplate.test(template) ? undefined : CommonStatus.IrmFeatureDisabled;
}

function sourceIn(document: WbxmlElement): ({ kind: "source" } & SendingSource) | UnreadableRequest {
  const source = child(document, ComposeMail.Source);
  const text = (tag: number): string | undefined => childText(source, tag) || undefined;
  return readSource(
    text(ComposeMail.FolderId),
    text(ComposeMail.ItemId),
    text(ComposeMail.LongId),
    text(ComposeMail.InstanceId),
  );
}

function readSource(
  folder: string | undefined,
  item: string | undefined,
  longId: string | undefined,
  occurrence: string | undefined,
): ({ readonly kind: "source" } & SendingSource) | UnreadableRequest {
  if (occurrence !== undefined && !instant.test(occurrence)) return refused(CommonStatus.InvalidDateTime);
  const hasInstance = occurrence !== undefined;
  if (longId !== undefined) {
    if (folder !== undefined || item !== undefined) return refused(CommonStatus.InvalidCombinationOfIds);
    const place = longId.length <= maxLongIdCharacters ? readLongId(longId) : undefined;
    return place === undefined
      ? refused(CommonStatus.ItemNotFound)
      : { kind: "source", ...place, hasInstance };
  }
  if (folder === undefined && item === undefined) return refused(CommonStatus.InvalidXml);
  if (folder === undefined || item === undefined) return refused(CommonStatus.InvalidCombinationOfIds);
  return { kind: "source", folder, item, hasInstance };
}

function refused(status: number): UnreadableRequest {
  return { kind: "refused", status };
}
