/**
 * What a phone does, as a library: the device's side of Direct Push.
 *
 * @packageDocumentation
 */
export type {
  ClientEvents,
  FolderChanges,
  SyncPage,
  WaitedEvent,
  WaitingEvent,
} from "./client-events.js";
export type { ClientFolder, ClientFolderClass, ClientFolderKind } from "./client-folder.js";
export type { EasClientOptions } from "./client-options.js";
export type { DeviceDescription } from "./documents/device-information.js";
export { EasClient, type OperationOptions } from "./eas-client.js";
export { type AospState, aospStrategy } from "./heartbeat/aosp-strategy.js";
export type { ServerBounds } from "./heartbeat/bounds.js";
export {
  type DirectPushParameters,
  type DirectPushState,
  directPushStrategy,
} from "./heartbeat/direct-push-strategy.js";
export type {
  HeartbeatStrategy,
  IntervalCircumstances,
  IntervalOutcome,
} from "./heartbeat/heartbeat-strategy.js";
export { type LearningOptions, type LearningState, learningStrategy } from "./heartbeat/learning-strategy.js";
export type { Doubt, Falls, FoundLimit, PathKnowledge } from "./heartbeat/path-knowledge.js";
export type { TriedInterval } from "./heartbeat/tried-intervals.js";
export {
  type WindowsMobileSettings,
  type WindowsMobileState,
  windowsMobileStrategy,
} from "./heartbeat/windows-mobile-strategy.js";
export type { BackOffOptions } from "./push/back-off.js";
export { type FixedIntervalState, fixedInterval } from "./push/fixed-interval.js";
export type { PushEnd } from "./push/push-loop.js";
export type { ClientFailure } from "./session/client-failure.js";
export type { EasClientState } from "./session/client-state.js";
export type { CommandAnswer } from "./session/eas-session.js";
export type { AcceptPolicy, PolicyVerdict } from "./session/provision.js";
export type { FolderOutdated, FolderSynced } from "./sync/folder-syncer.js";
export { type MailSummary, mailSummary } from "./sync/mail-summary.js";
export type { SyncItem, SyncResponse } from "./sync/sync-answer.js";
export { flagChange, readChange, type SyncCommand } from "./sync/sync-command.js";
export type { SyncOptions } from "./sync/sync-request.js";
export type { ClientAuthorization } from "./transport/authorization.js";
export type {
  AnswerHeaders,
  EasAnswer,
  EasCall,
  EasResult,
  EasTransport,
} from "./transport/eas-transport.js";
export { type ClientDevice, HttpTransport, type HttpTransportOptions } from "./transport/http-transport.js";
