import type { EasResponse } from "./exchange.js";
import { textReply } from "./reply.js";
import { xmlText } from "./xml-document.js";

/** An error of Autodiscover itself ([MS-ASCMD] 2.2.3.64). */
export const AutodiscoverError = {
  /** The request cannot be read. */
  InvalidRequest: 600,
  /** Nobody here gives settings of the wanted kind. */
  NoProvider: 601,
} as const;

/** Whom the settings are for. */
export interface AutodiscoverUser {
  /** The user's primary address: the phone goes on with it. */
  readonly address: string;
  readonly displayName: string | undefined;
}

const outerSchema = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";
const mobileSyncSchema = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006";

const messages: Readonly<Record<number, string>> = {
  [AutodiscoverError.InvalidRequest]: "Invalid Request",
  [AutodiscoverError.NoProvider]: "Provider is not available",
};

/** The settings of a user: where the endpoint is ([MS-ASCMD] 2.2.1.1). */
export function settingsFound(user: AutodiscoverUser, url: string): EasResponse {
  const server = `<Server><Type>MobileSync</Type><Url>${xmlText(url)}</Url><Name>${xmlText(url)}</Name></Server>`;
  return mobileSync(user, `<Settings>${server}</Settings>`);
}

/** There are no settings for this user here: Status 2 in the Action ([MS-ASCMD] 2.2.3.64). */
export function settingsMissing(user: AutodiscoverUser): EasResponse {
  return mobileSync(
    user,
    "<Error><Status>2</Status><Message>The address is not served here</Message><DebugData>MailUser</DebugData></Error>",
  );
}

/** The request could not be worked on. `nowMs` is the time of day, in milliseconds since the epoch. */
export function autodiscoverFailed(
  code: (typeof AutodiscoverError)[keyof typeof AutodiscoverError],
  nowMs: number,
): EasResponse {
  const time = new Date(nowMs).toISOString().slice(11, 23);
  const error = `<Error Time="${time}" Id="1"><ErrorCode>${code}</ErrorCode><Message>${messages[code]}</Message><DebugData/></Error>`;
  return xmlReply(`<Response>${error}</Response>`);
}

function mobileSync({ address, displayName }: AutodiscoverUser, action: string): EasResponse {
  const name = displayName === undefined ? "" : `<DisplayName>${xmlText(displayName)}</DisplayName>`;
  const user = `<User>${name}<EMailAddress>${xmlText(address)}</EMailAddress></User>`;
  return xmlReply(
    `<Response xmlns="${mobileSyncSchema}"><Culture>en:us</Culture>${user}<Action>${action}</Action></Response>`,
  );
}

function xmlReply(response: string): EasResponse {
  const document = `<?xml version="1.0" encoding="utf-8"?>\n<Autodiscover xmlns="${outerSchema}">${response}</Autodiscover>`;
  return textReply(200, "text/xml", document);
}

/** The JSON form's answer: where a protocol is spoken. */
export function protocolFound(protocol: string, url: string): EasResponse {
  return textReply(200, "application/json", JSON.stringify({ Protocol: protocol, Url: url }));
}

/** The JSON form's refusal. */
export function protocolRefused(status: 400 | 404, code: string, message: string): EasResponse {
  return textReply(status, "application/json", JSON.stringify({ ErrorCode: code, ErrorMessage: message }));
}
