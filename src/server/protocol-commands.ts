import {
  AirSync,
  ComposeMail,
  Find,
  FolderHierarchy,
  GetItemEstimate,
  ItemOperations,
  MeetingResponse,
  Move,
  Ping,
  Provision,
  ResolveRecipients,
  Search,
  Settings,
  ValidateCert,
} from "../wbxml/index.js";

/** Where a command's document has its Status: the root element and the child of it. */
export interface StatusPlace {
  readonly rootTag: number;
  readonly statusTag: number;
}

const places: ReadonlyMap<string, StatusPlace> = new Map([
  ["sync", { rootTag: AirSync.Sync, statusTag: AirSync.Status }],
  ["sendmail", { rootTag: ComposeMail.SendMail, statusTag: ComposeMail.Status }],
  ["smartforward", { rootTag: ComposeMail.SmartForward, statusTag: ComposeMail.Status }],
  ["smartreply", { rootTag: ComposeMail.SmartReply, statusTag: ComposeMail.Status }],
  ["foldersync", { rootTag: FolderHierarchy.FolderSync, statusTag: FolderHierarchy.Status }],
  ["foldercreate", { rootTag: FolderHierarchy.FolderCreate, statusTag: FolderHierarchy.Status }],
  ["folderdelete", { rootTag: FolderHierarchy.FolderDelete, statusTag: FolderHierarchy.Status }],
  ["folderupdate", { rootTag: FolderHierarchy.FolderUpdate, statusTag: FolderHierarchy.Status }],
  ["moveitems", { rootTag: Move.MoveItems, statusTag: Move.Status }],
  ["getitemestimate", { rootTag: GetItemEstimate.GetItemEstimate, statusTag: GetItemEstimate.Status }],
  ["meetingresponse", { rootTag: MeetingResponse.MeetingResponse, statusTag: MeetingResponse.Status }],
  ["search", { rootTag: Search.Search, statusTag: Search.Status }],
  ["settings", { rootTag: Settings.Settings, statusTag: Settings.Status }],
  ["ping", { rootTag: Ping.Ping, statusTag: Ping.Status }],
  ["itemoperations", { rootTag: ItemOperations.ItemOperations, statusTag: ItemOperations.Status }],
  ["provision", { rootTag: Provision.Provision, statusTag: Provision.Status }],
  [
    "resolverecipients",
    { rootTag: ResolveRecipients.ResolveRecipients, statusTag: ResolveRecipients.Status },
  ],
  ["validatecert", { rootTag: ValidateCert.ValidateCert, statusTag: ValidateCert.Status }],
  ["find", { rootTag: Find.Find, statusTag: Find.Status }],
]);

/**
 * Where a command of the protocol has its Status, whether or not this server has the command; undefined for a name that no command has
 * and for those that answer without WBXML.
 */
export function statusPlaceOf(command: string): StatusPlace | undefined {
  return places.get(command.toLowerCase());
}
