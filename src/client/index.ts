/**
 * What a phone does, as a library: the device's side of Direct Push.
 *
 * @packageDocumentation
 */
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
export type { Doubt, FoundLimit, PathKnowledge } from "./heartbeat/path-knowledge.js";
export {
  type WindowsMobileSettings,
  type WindowsMobileState,
  windowsMobileStrategy,
} from "./heartbeat/windows-mobile-strategy.js";
export type { ClientAuthorization } from "./transport/authorization.js";
export type {
  AnswerHeaders,
  EasAnswer,
  EasCall,
  EasResult,
  EasTransport,
} from "./transport/eas-transport.js";
export { type ClientDevice, HttpTransport, type HttpTransportOptions } from "./transport/http-transport.js";
