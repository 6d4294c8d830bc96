/**
 * What a phone does, as a library: the device's side of Direct Push.
 *
 * @packageDocumentation
 */
export type {
  HeartbeatStrategy,
  IntervalCircumstances,
  IntervalOutcome,
} from "./heartbeat/heartbeat-strategy.js";
export type { ClientAuthorization } from "./transport/authorization.js";
export type {
  AnswerHeaders,
  EasAnswer,
  EasCall,
  EasResult,
  EasTransport,
} from "./transport/eas-transport.js";
export { type ClientDevice, HttpTransport, type HttpTransportOptions } from "./transport/http-transport.js";
