import type { CommandParameters } from "../commands/command.js";
import type { EasRequest } from "../http/exchange.js";
import { acceptsMultiPart, header, policyKeyHeader } from "../http/headers.js";
import type { EasQuery } from "../http/query.js";
import { statusReply } from "../http/reply.js";
import type { Device } from "../protocol/device.js";
import { CommonStatus } from "../protocol/status.js";
import { isProtocolVersion, type ProtocolVersion } from "../protocol/version.js";
import { commonStatusReply, type ReplyStyle } from "./command-reply.js";
import { statusPlaceOf } from "./protocol-commands.js";
import type { ServerParts } from "./server-parts.js";
import { spokenVersions } from "./spoken-versions.js";
import { go, type Step, stop } from "./step.js";

/** A request of which is known who sends what. */
export interface IdentifiedRequest {
  readonly device: Device;
  /** As in the query; it need not be one that this server has. */
  readonly commandName: string;
  readonly policyKey: number | undefined;
  readonly parameters: CommandParameters;
  /** How its common statuses are sent. */
  readonly style: ReplyStyle;
}

/** Finds the version, the device and the policy key of a POST whose query could be read. */
export function identifyRequest(
  parts: ServerParts,
  request: EasRequest,
  user: string,
  query: EasQuery,
): Step<IdentifiedRequest> {
  const version = versionOf(request, query);
  if (version.kind === "stop") return version;
  // What the base64 query says, absence of the key included, outweighs the headers.
  const policyKey = query.form === "base64" ? query.policyKey : policyKeyHeader(request.headers);
  const style: ReplyStyle = {
    version: version.value,
    place: statusPlaceOf(query.command),
    hadPolicyKey: policyKey !== undefined,
    retryAfterSeconds: parts.options.retryAfterSeconds,
  };
  const { deviceId, deviceType, command: commandName } = query;
  if (deviceId === undefined) return stop(commonStatusReply(CommonStatus.DeviceIdMissingOrInvalid, style));
  if (deviceType === undefined)
    return stop(commonStatusReply(CommonStatus.DeviceTypeMissingOrInvalid, style));
  const userAgent = header(request.headers, "user-agent") ?? "";
  if (!spokenVersions(parts, { user, deviceId, deviceType, userAgent }).includes(version.value)) {
    return stop(commonStatusReply(CommonStatus.VersionNotSupported, style));
  }
  const device: Device = {
    user,
    id: ownText(deviceId),
    type: ownText(deviceType),
    userAgent,
    version: version.value,
  };
  return go({ device, commandName, policyKey, parameters: parametersOf(request, query), style });
}

/** Most requests share the parameters of a query without any. */
function parametersOf(request: EasRequest, { form, parameters }: EasQuery): CommandParameters {
  const isOnlyInHeader = form === "plain" && acceptsMultiPart(request.headers);
  return isOnlyInHeader ? { ...parameters, acceptMultiPart: true } : parameters;
}

/** The version of the base64 query, or of the header that the plain form requires. */
function versionOf(request: EasRequest, query: EasQuery): Step<ProtocolVersion> {
  const text = query.version ?? header(request.headers, "ms-asprotocolversion");
  if (text !== undefined && isProtocolVersion(text)) return go(text);
  if (text === "1.0") return stop(statusReply(505));
  const { command } = query;
  const style = { place: statusPlaceOf(command), hadPolicyKey: false, retryAfterSeconds: 0 };
  const isNewer = text !== undefined && /^[0-9]{2}\.[0-9]$/.test(text) && Number(text) > 14;
  // Versions from 14.0 on expect a status in the body, those of the future too.
  if (isNewer)
    return stop(commonStatusReply(CommonStatus.VersionNotSupported, { ...style, version: "14.0" }));
  return stop(statusReply(400));
}

/** A copy that does not keep the request's whole URL alive, as a slice of it does. */
function ownText(slice: string): string {
  return Buffer.from(slice, "utf8").toString("utf8");
}
