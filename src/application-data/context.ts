import type { ProtocolVersion } from "../protocol/version.js";
import { tagName, type WbxmlElement } from "../wbxml/index.js";
import type { RenderView } from "./render-view.js";

/** What writing an element may depend on. */
export interface WriteContext {
  readonly version: ProtocolVersion;
  readonly view: RenderView;
}

/** What reading an element may depend on, and where it tells that the element is wrong. */
export interface ReadContext {
  readonly version: ProtocolVersion;
  readonly nowMs: number;
  /** What is wrong with the item; one problem makes it invalid. */
  readonly problems: string[];
}

/** Notes that an element does not hold what it must; returns undefined, as the value that could not be read. */
export function malformed(element: WbxmlElement, context: ReadContext, expected: string): undefined {
  context.problems.push(`${tagName(element.tag)} is not ${expected}`);
  return undefined;
}

/** Notes that the device's version does not have an element that would be lost if it were passed over. */
export function noteOtherVersion({ tag }: WbxmlElement, context: ReadContext): void {
  context.problems.push(`version ${context.version} has no ${tagName(tag)}`);
}
