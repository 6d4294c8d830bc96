import type { Command } from "./command.js";
import { find } from "./find/index.js";
import { folderCreate } from "./folder-create.js";
import { folderDelete } from "./folder-delete.js";
import { folderSync } from "./folder-sync.js";
import { folderUpdate } from "./folder-update.js";
import { getAttachment } from "./get-attachment.js";
import { getItemEstimate } from "./get-item-estimate.js";
import { itemOperations } from "./item-operations/index.js";
import { meetingResponse } from "./meeting-response/index.js";
import { moveItems } from "./move-items.js";
import { ping } from "./ping.js";
import { provision } from "./provision.js";
import { resolveRecipients } from "./resolve-recipients/index.js";
import { search } from "./search/index.js";
import { sendMail } from "./send-mail.js";
import { settings } from "./settings.js";
import { smartForward } from "./smart-forward.js";
import { smartReply } from "./smart-reply.js";
import { sync } from "./sync/index.js";
import { validateCert } from "./validate-cert/index.js";

/** Every command that this library has, in the order in which it is advertised. */
export const commands: readonly Command[] = [
  sync,
  sendMail,
  smartForward,
  smartReply,
  folderSync,
  folderCreate,
  folderDelete,
  folderUpdate,
  moveItems,
  meetingResponse,
  getItemEstimate,
  itemOperations,
  getAttachment,
  search,
  find,
  resolveRecipients,
  validateCert,
  settings,
  ping,
  provision,
];
