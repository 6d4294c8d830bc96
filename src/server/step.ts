import type { EasResponse } from "../http/exchange.js";

/** One step of answering a request: go on with a value, or stop with the answer. */
export type Step<Value> =
  | { readonly kind: "go"; readonly value: Value }
  | { readonly kind: "stop"; readonly response: EasResponse };

/** Goes on. */
export function go<Value>(value: Value): Step<Value> {
  return { kind: "go", value };
}

/** Stops with an answer. */
export function stop(response: EasResponse): { readonly kind: "stop"; readonly response: EasResponse } {
  return { kind: "stop", response };
}
