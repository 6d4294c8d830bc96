import type { ProtocolVersion } from "../protocol/version.js";
import {
  AirSync,
  ComposeMail,
  childElements,
  ItemOperations,
  isTagInVersion,
  MeetingResponse,
  Provision,
  ResolveRecipients,
  RightsManagement,
  Search,
  Settings,
  type Tag,
  type WbxmlElement,
} from "../wbxml/index.js";

/**
 * Elements that ask for something to be done. From a device whose version does not have one of them yet, it must not be passed over: that would be
 * success for what was not done. Every other element of a later version is passed over as an unknown one is, because the answer is as right without it.
 */
const demands: ReadonlySet<Tag> = new Set<Tag>([
  // Since 14.0.
  AirSync.HeartbeatInterval,
  ItemOperations.Move,
  ResolveRecipients.Availability,
  Search.ConversationId,
  // Since 14.1.
  MeetingResponse.InstanceId,
  RightsManagement.RemoveRightsManagementProtection,
  Settings.RightsManagementInformation,
  // Since 16.0.
  ComposeMail.Forwardees,
  MeetingResponse.SendResponse,
  // Since 16.1.
  MeetingResponse.ProposedStartTime,
  MeetingResponse.ProposedEndTime,
  Provision.AccountOnlyRemoteWipe,
]);

/**
 * Whether a child of `parent` asks for what only versions later than `version` have. The answer is the protocol error of the command, and Status 103
 * where it has none of its own ([MS-ASCMD] 2.2.2, [MS-ASWBXML] 2.1.2.1).
 */
export function asksForLater(parent: WbxmlElement | undefined, version: ProtocolVersion): boolean {
  return childElements(parent).some(({ tag }) => demands.has(tag) && !isTagInVersion(tag, version));
}
