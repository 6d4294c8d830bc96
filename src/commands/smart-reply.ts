import type { Command } from "./command.js";
import { sendingCommand } from "./sending/sending-command.js";

/** SmartReply ([MS-ASCMD] 2.2.1.20): answers a mail, which the server quotes. */
export const smartReply: Command = sendingCommand("SmartReply");
