import type { Command } from "./command.js";
import { sendingCommand } from "./sending/sending-command.js";

/** SmartForward ([MS-ASCMD] 2.2.1.19): passes a mail on, which the server puts in with its attachments. */
export const smartForward: Command = sendingCommand("SmartForward");
