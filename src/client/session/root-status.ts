import {
  AirSync,
  childInteger,
  FolderHierarchy,
  ItemOperations,
  Move,
  Ping,
  Provision,
  Settings,
  type WbxmlElement,
} from "../../wbxml/index.js";

/** The Status tag of each code page whose root elements have one of their own page. */
const statusTags: readonly number[] = [
  AirSync.Status,
  FolderHierarchy.Status,
  Ping.Status,
  Provision.Status,
  Settings.Status,
  ItemOperations.Status,
  Move.Status,
];

/** The Status of a command as a whole, where its root element has one. */
export function rootStatus(document: WbxmlElement | undefined): number | undefined {
  if (document === undefined) return undefined;
  const page = document.tag >> 8;
  const tag = statusTags.find((status) => status >> 8 === page);
  const found = tag === undefined ? undefined : childInteger(document, tag);
  return found?.kind === "integer" ? found.value : undefined;
}
