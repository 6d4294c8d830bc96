/**
 * Exchange ActiveSync Direct Push for any Node mail server: {@link createDirectPush} makes the server, an adapter of `direct-push/node`,
 * `/express`, `/koa`, `/fastify` or `/hono` mounts it.
 *
 * @packageDocumentation
 */
export { type Clock, type ClockTimer, systemClock } from "./clock.js";
export type { ItemSkippedEvent, SyncServedEvent, WipeEvent } from "./commands/command-events.js";
export type { WakePolicy } from "./commands/command-options.js";
export { createDirectPush, type DirectPush } from "./direct-push.js";
export { DirectPushError, type DirectPushErrorCode, type DirectPushErrorDetails } from "./errors.js";
export type {
  AuthenticationRefusedEvent,
  ConnectionsCutEvent,
  DeviceRefusedEvent,
  DirectPushEvent,
  DirectPushEventMap,
  DirectPushEvents,
  DroppedEvent,
  EndedEvent,
  HeartbeatAdoptedEvent,
  HeartbeatLearnedEvent,
  HeartbeatRefusedEvent,
  HeartbeatRestoredEvent,
  HeartbeatsShortEvent,
  RequestEvent,
  RequestFailedEvent,
  SourceFailedEvent,
  ThrottledEvent,
} from "./events.js";
export type { AuthenticationAttempt } from "./http/authorization.js";
export type { ClientGone, ConnectionEnd, EasRequest, EasResponse, Respond } from "./http/exchange.js";
export type { AttachmentStream, ByteRange, MailboxAttachments } from "./mailbox/abilities/attachments.js";
export type { MailboxCertificateTrust } from "./mailbox/abilities/certificate-trust.js";
export type { MailboxConversations } from "./mailbox/abilities/conversations.js";
export type * from "./mailbox/abilities/directory.js";
export type { MailboxDrafts, ReplacedDraft } from "./mailbox/abilities/drafts.js";
export type { MailboxEmptyFolder } from "./mailbox/abilities/empty-folder.js";
export type * from "./mailbox/abilities/folder-writing.js";
export type * from "./mailbox/abilities/free-busy.js";
export type { MailboxLastVerb } from "./mailbox/abilities/last-verb.js";
export type * from "./mailbox/abilities/mail-search.js";
export type { MailboxMeetings } from "./mailbox/abilities/meetings.js";
export type * from "./mailbox/abilities/out-of-office.js";
export type * from "./mailbox/abilities/recipients.js";
export type { MailboxRecoveryPassword } from "./mailbox/abilities/recovery-password.js";
export type * from "./mailbox/folder.js";
export {
  type AttachmentPlace,
  fileReferenceOf,
  type ItemPlace,
  readFileReference,
} from "./mailbox/item-reference.js";
export type * from "./mailbox/items/body.js";
export type * from "./mailbox/items/calendar.js";
export type * from "./mailbox/items/contact.js";
export type * from "./mailbox/items/email.js";
export { followedMeeting } from "./mailbox/items/followed-meeting.js";
export type * from "./mailbox/items/item.js";
export type * from "./mailbox/items/meeting-request.js";
export type * from "./mailbox/items/note.js";
export { type Occurrence, occurrencesWithin } from "./mailbox/items/occurrences.js";
export type * from "./mailbox/items/recurrence.js";
export type * from "./mailbox/items/task.js";
export type * from "./mailbox/items/values.js";
export { changesFromListing, type ListedChanges, type ListingOptions } from "./mailbox/listed-changes.js";
export type { ListedItem, ListFolder } from "./mailbox/listed-changes-folder.js";
export type * from "./mailbox/mail-draft.js";
export type * from "./mailbox/mail-submission.js";
export type * from "./mailbox/mailbox.js";
export { type IanaNameHints, ianaNameOf, timeZoneOf } from "./mailbox/time-zone/time-zone.js";
export type {
  Authentication,
  AutodiscoverOptions,
  DeviceAuthorization,
  DirectPushOptions,
  HeartbeatLearning,
  HeartbeatOptions,
  PolicyChoice,
  RequestHead,
  RequestLimits,
  VersionSubject,
} from "./options.js";
export type { Device } from "./protocol/device.js";
export { type PolicyDocument, permissivePolicy } from "./protocol/policy.js";
export { type ProtocolVersion, protocolVersions } from "./protocol/version.js";
export type { HeldRequest, SourceCall, WakeReason } from "./push/coordinator-observer.js";
export type { HoldOutcome } from "./push/hold.js";
export {
  type Arrival,
  HIERARCHY,
  type MailboxChangeSource,
  type MailboxRef,
  type OnChange,
} from "./push/mailbox-change-source.js";
export { type PublishedSource, publishedSource } from "./relay/published-source.js";
export type { LinkState, Relay } from "./relay/relay.js";
export { type RelayedSource, relayedSource } from "./relay/relayed-source.js";
export type { RelaySourceOptions } from "./relay/source-options.js";
export type { WipeScope } from "./state/device-record.js";
export { MemoryStateStore } from "./state/memory-state-store.js";
export type { StateStore, StoredValue } from "./state/state-store.js";
