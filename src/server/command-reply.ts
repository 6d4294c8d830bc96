import type { EasResponse } from "../http/exchange.js";
import { statusReply, unavailableReply, wbxmlReply } from "../http/reply.js";
import { CommonStatus } from "../protocol/status.js";
import { isAtLeast, type ProtocolVersion } from "../protocol/version.js";
import { element, encode, textElement } from "../wbxml/index.js";
import type { StatusPlace } from "./protocol-commands.js";

/** What 12.1 gets where later versions get a common status; what is not listed is 400. */
const httpStatuses: ReadonlyMap<number, number> = new Map([
  [108, 400],
  [109, 400],
  [110, 500],
  [111, 503],
  [112, 403],
  [113, 507],
  [114, 503],
  [115, 507],
  [120, 500],
  [121, 500],
  [122, 413],
  [125, 403],
  [126, 403],
  [127, 403],
  [128, 403],
  [129, 403],
  [130, 403],
  [131, 403],
  [132, 403],
  [133, 503],
  [137, 501],
  [139, 403],
  [140, 449],
  [141, 449],
  [142, 449],
  [143, 449],
  [144, 449],
  [147, 501],
  [150, 500],
  [177, 403],
]);

/** What an answer depends on besides its status. */
export interface ReplyStyle {
  readonly version: ProtocolVersion;
  /** Undefined for a command that answers without WBXML: it gets HTTP statuses in every version. */
  readonly place: StatusPlace | undefined;
  readonly hadPolicyKey: boolean;
  readonly retryAfterSeconds: number;
}

/**
 * A common status code in the style of the version: 200 with the status in the command's root element from 14.0 on, an HTTP status
 * before ([MS-ASCMD] 2.2.2).
 */
export function commonStatusReply(status: number, style: ReplyStyle): EasResponse {
  if (style.place !== undefined && isAtLeast(style.version, "14.0")) {
    const { rootTag, statusTag } = style.place;
    return wbxmlReply(encode(element(rootTag, [textElement(statusTag, status)])));
  }
  // A wipe is 449 for devices that take part in provisioning, and 403 for those that cannot.
  if (status === CommonStatus.RemoteWipeRequested && !style.hadPolicyKey) return statusReply(403);
  const httpStatus = httpStatuses.get(status) ?? 400;
  return httpStatus === 503 ? unavailableReply(style.retryAfterSeconds) : statusReply(httpStatus);
}
