import type { TextDecoder as NodeTextDecoder, TextEncoder as NodeTextEncoder } from "node:util";

// The types of postal-mime take these from the DOM's library; Node's own has the values alone.
declare global {
  interface TextDecoder extends NodeTextDecoder {}
  interface TextEncoder extends NodeTextEncoder {}
}
